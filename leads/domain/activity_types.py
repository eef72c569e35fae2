"""The activity types that every installation knows (teams may add their own rows)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ActivityKind:
    """`side`: who acted, `theirs` (the lead) or `ours`. `counts_as_contact`: logging it is a first contact.
    `is_by_hand`: a person may learn of it and write it down; what only a machine sees is not.
    """

    code: str
    ja: str
    en: str
    side: str = "theirs"
    counts_as_contact: bool = False
    icon: str = "point"
    is_by_hand: bool = True


STANDARD = (
    ActivityKind("site_visit", "サイト訪問", "Site visit", icon="world", is_by_hand=False),
    ActivityKind("page_view", "ページ閲覧", "Page view", icon="eye", is_by_hand=False),
    ActivityKind("document_download", "資料ダウンロード", "Document download", icon="download"),
    ActivityKind("webinar_attended", "ウェビナー参加", "Webinar attended", icon="video"),
    ActivityKind("event_attended", "イベント参加", "Event attended", icon="ticket"),
    ActivityKind("email_open", "メール開封", "Email opened", icon="mail-opened", is_by_hand=False),
    ActivityKind("email_click", "メールのリンクをクリック", "Email link clicked", icon="click", is_by_hand=False),
    ActivityKind("form_submit", "フォーム送信", "Form submitted", icon="forms", is_by_hand=False),
    ActivityKind("demo_request", "デモ依頼", "Demo requested", icon="presentation"),
    ActivityKind("business_card", "名刺交換", "Business card exchanged", icon="id"),
    ActivityKind("call", "架電", "Call", side="ours", counts_as_contact=True, icon="phone"),
    ActivityKind("email_sent", "メール送信", "Email sent", side="ours", counts_as_contact=True, icon="mail"),
    ActivityKind("meeting", "面談", "Meeting", side="ours", counts_as_contact=True, icon="users"),
    ActivityKind("note", "メモ", "Note", side="ours", icon="note"),
    ActivityKind("other", "その他", "Other", icon="point"),
)
BY_CODE = {kind.code: kind for kind in STANDARD}
