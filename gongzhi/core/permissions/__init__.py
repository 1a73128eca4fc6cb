"""The Casbin boundary: who may do what where, and why."""

from gongzhi.core.permissions.principal import ANONYMOUS, SYSTEM, Binding, Principal

__all__ = ["ANONYMOUS", "SYSTEM", "Binding", "Principal"]
