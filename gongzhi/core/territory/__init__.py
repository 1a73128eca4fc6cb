"""Places: district, subdistrict, community and grid, each with one materialised path and a history."""
