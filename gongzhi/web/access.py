"""Who may do what, as a page: the access matrix of the policy that decides now."""

from base64 import b64encode
from hashlib import sha256

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from gongzhi.core.permissions import review
from gongzhi.graphql.context import Services
from gongzhi.web.pages import HEADERS, content_policy
from gongzhi.web.policy.matrix import render
from gongzhi.web.policy.page import style_element
from gongzhi.web.policy.wording import stamp_of


def handlers(services: Services) -> list[HTTPRouteHandler]:
    """The address of the page."""
    rendered: dict[str, str] = {}
    digest = b64encode(sha256(style_element().encode()).digest()).decode()
    headers = {**HEADERS, "Content-Security-Policy": content_policy(styles=f"'sha256-{digest}'")}

    @get("/access", sync_to_thread=False)
    def access() -> Response[str]:
        """Roles by resources and actions; made once for each revision of the policy. It names roles, never accounts."""
        snapshot = services.policy.snapshot
        if snapshot.revision not in rendered:
            rendered.clear()
            page = render(review.matrix(snapshot), snapshot.vocabulary, stamp_of(snapshot))
            rendered[snapshot.revision] = page
        return Response(rendered[snapshot.revision], media_type="text/html", headers=headers)

    return [access]
