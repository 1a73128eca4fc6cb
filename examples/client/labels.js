// What the members of the API's enums are called, in the order of the schema: [Chinese, English].
// A test compares them with the schema's descriptions.

export const LABELS = {
  Audience: {
    ALL_RESIDENTS: ["全体居民", "all residents"],
    CHILDREN: ["儿童", "children"],
    ELDERLY: ["老年人", "elderly people"],
    ENTERPRISES: ["企业", "enterprises"],
    FAMILIES: ["家庭", "families"],
    HK_MACAO_FOREIGN: ["港澳及外籍居民", "Hong Kong, Macao and foreign residents"],
    JOBSEEKERS: ["求职者", "jobseekers"],
    LOW_INCOME: ["低收入居民", "low-income residents"],
    MEN: ["男性", "men"],
    MIGRANTS: ["来深务工人员", "migrant workers"],
    OWNERS: ["业主", "property owners"],
    PATIENTS: ["患者", "patients"],
    PERSONS_WITH_DISABILITIES: ["残疾人", "persons with disabilities"],
    SOCIAL_ORGS: ["社会组织", "social organizations"],
    VETERANS: ["退役军人", "veterans"],
    VOLUNTEERS: ["志愿者", "volunteers"],
    WOMEN: ["妇女", "women"],
    WORKERS: ["职工", "employees"],
    YOUTH: ["青少年", "young people"],
  },
  Channel: {
    ONLINE: ["网上", "online"],
    WINDOW: ["窗口", "service window"],
    DOOR: ["上门", "at home"],
    SITE: ["现场", "on site"],
  },
  CostKind: {
    FREE: ["免费", "free of charge"],
    SUBSIDISED: ["优惠", "subsidised"],
    STATUTORY: ["法定收费", "statutory fee"],
    PAID: ["有偿", "paid"],
  },
  ActorKind: {
    PARTY: ["社区综合党组织", "community general Party organization"],
    COMMITTEE: ["居委会", "residents' committee"],
    STATION: ["社区工作站", "community workstation"],
    ORG: ["参与共治的组织", "organization taking part in co-governance"],
    DEPARTMENT: ["政府部门", "government department"],
  },
  BasisKind: {
    LAW: ["法律", "law"],
    ADMINISTRATIVE_REGULATION: ["行政法规", "administrative regulation"],
    LOCAL_REGULATION: ["地方性法规", "local regulation"],
    PARTY_STATE_REGULATION: ["党内法规", "Party and state regulation"],
    STANDARD: ["标准", "standard"],
    POLICY_DOCUMENT: ["政策文件", "policy document"],
    SOURCE_ARTICLE: ["来源文章", "source article"],
    LOCAL_PRACTICE: ["地方做法", "local practice"],
    OTHER: ["其他", "other"],
  },
  Verification: {
    ARTICLE_CHECKED: ["条款已核对", "article checked"],
    NAME_ONLY: ["仅列名称", "name only"],
    SOURCE_ARTICLE: ["来源文章", "source article"],
    NONE: ["未列依据", "no basis claimed"],
  },
  Provenance: {
    OFFICIAL: ["正式", "official"],
    REFERENCE: ["参考", "reference"],
    SYNTHETIC: ["虚构示例", "synthetic"],
  },
};

/** What a member is called in a language, `zh` or `en`; a member added since is shown as the API names it. */
export function label(kind, member, language) {
  const pair = LABELS[kind]?.[member];
  return pair === undefined ? member : pair[language === "zh" ? 0 : 1];
}
