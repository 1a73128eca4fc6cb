"""Copies of PostgreSQL databases for one test after the other: made once, and put back instead of made anew.

Making a database copies hundreds of files, and dropping one waits for a checkpoint: half a second together, before and
after a test that takes less. Putting back looks at each table once, and writes again those that a test has changed.
"""

import asyncpg

_KEEP = """
CREATE SCHEMA pristine;
CREATE FUNCTION pristine.shape() RETURNS text LANGUAGE sql AS $$
  SELECT md5(string_agg(said, ' ' ORDER BY said)) FROM (
    SELECT concat(c.oid, c.relname, c.relkind) FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
    UNION ALL SELECT concat(a.attrelid, a.attname, a.atttypid, a.attnotnull, a.atthasdef)
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
      WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0
    UNION ALL SELECT concat(t.oid, t.tgenabled) FROM pg_trigger t
    UNION ALL SELECT concat(oid, prosrc) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT concat(oid, conname) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
  ) parts (said)
$$;
CREATE TABLE pristine.tables (name text, number bigint);
CREATE TABLE pristine.sequences (name text, last bigint, called boolean);
DO $do$ DECLARE one text; BEGIN
  FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('CREATE TABLE pristine.%I AS TABLE public.%I', 'of_' || one, one);
    EXECUTE format('INSERT INTO pristine.tables SELECT %L, count(*) FROM public.%I', one, one);
  END LOOP;
  FOR one IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' LOOP
    EXECUTE format('INSERT INTO pristine.sequences SELECT %L, last_value, is_called FROM public.%I', one, one);
  END LOOP;
END $do$;
CREATE TABLE pristine.shapes AS SELECT pristine.shape() AS shape;
CREATE FUNCTION pristine.put_back(since bigint) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE one record; changed boolean; BEGIN
  IF (SELECT shape FROM pristine.shapes) <> pristine.shape() THEN RETURN false; END IF;
  PERFORM set_config('session_replication_role', 'replica', true);
  FOR one IN SELECT name, number FROM pristine.tables LOOP
    EXECUTE format(
      'SELECT count(*) <> $1 OR coalesce(bool_or(xmin::text::bigint >= $2), false) FROM public.%I', one.name
    ) INTO changed USING one.number, since;
    IF changed THEN
      EXECUTE format('DELETE FROM public.%I', one.name);
      EXECUTE format('INSERT INTO public.%I SELECT * FROM pristine.%I', one.name, 'of_' || one.name);
    END IF;
  END LOOP;
  PERFORM setval(format('public.%I', name), last, called) FROM pristine.sequences;
  RETURN true;
END $$;
"""
_ALONE = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_NEXT = "SELECT (pg_current_xact_id()::text::bigint + 1) % 4294967296"
"""Whatever is written from now on has this number, or a greater one."""


class Copy:
    """One database, of the server at the address `server`, and at the address `url`."""

    def __init__(self, name: str, template: str) -> None:
        self.name = name
        self.template = template
        self.busy = False
        self.made = False
        self._since = 0

    async def make(self, server: str, url: str) -> None:
        """Make it from its template, anew if it is there, and keep what is in it a second time."""
        await self.drop(server)
        connection = await asyncpg.connect(server)
        try:
            await connection.execute(f'CREATE DATABASE "{self.name}" TEMPLATE "{self.template}"')
            await connection.execute(f'ALTER DATABASE "{self.name}" SET synchronous_commit = off')
        finally:
            await connection.close()
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(_KEEP)
            self._since = await connection.fetchval(_NEXT)
        finally:
            await connection.close()
        self.made = True

    async def put_back(self, url: str) -> bool:
        """Make it what it was; False where a test has changed more than rows."""
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(_ALONE)
            whole: bool = await connection.fetchval("SELECT pristine.put_back($1)", self._since)
            self._since = await connection.fetchval(_NEXT)
        except asyncpg.PostgresError:
            return False
        finally:
            await connection.close()
        return whole

    async def drop(self, server: str) -> None:
        """Drop it, if it is there."""
        connection = await asyncpg.connect(server)
        try:
            await connection.execute(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')
        finally:
            await connection.close()
