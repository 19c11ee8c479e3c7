/** The words that random events and expressions are made of: an event holds what an expression asks for, often. */

const words = (text: string): string[] => text.trim().split(/\s+/);
const lines = (text: string): string[] => text.trim().split(/\s*\n\s*/);

/** Those that an odd event is full of, so that a path finds something. */
export const COMMON_KEYS = words('name kind a b value image');

/** Keys that expressions ask for, and keys that an interpreter in JavaScript may mistake for its own. */
export const KEYS = [
  ...words(`name namespace kind verb user username groups code spec metadata labels app containers image securityContext
    privileged ports containerPort env value rules verbs a b c 0 1 10 é * $ undefined null`),
  ...words(`length constructor __proto__ toString next sequence cons keepSingleton push then toJSON valueOf hasOwnProperty
    prototype match index groups type position token`),
  ...['a b', ''],
];

export const STRINGS = [
  ...words(`get list create update delete patch watch pods secrets deployments exec nodes maria system:admin
    system:serviceaccount:kube-system:job-controller system:masters dev ops kube-system prod default db nginx nginx:1.25
    allow forbid true false 10.1.2.3 ::1 10.0.0.0/8 kubectl/v1.31.0 /api/v1/namespaces/prod/secrets/db?limit=5`),
  ...words(
    'a A ab aab b [ $1 $$ $0a % %41%zz a%20b YWJj undefined null é ß 😀 😀a😀 0 5 -1 1e3 0x1F 0b1 1.50 Infinity length',
  ),
  ...['', ' ', '  a b ', '  5', 'a\nb', '\u0000', '\ud83d', '\ude00x'],
];

/** JSON numbers of events; whole ones are small, for a range counts them. */
export const EVENT_NUMBERS =
  words(`0 -0 1 -1 2 3 5 200 201 403 0.5 1.5 2.5 -2.5 0.1 0.30000000000000004 1e999 -1e999 1e308 5e-324
  1e21 9007199254740993 8080 123456789.123456789`);

export const NUMBERS = words('0 1 2 -1 -2 3 0.5 1.5 -1.5 200 403 1e3 10 0.1 7');

/** Of events that have bodies, mostly something. */
export const PATHS = words(`verb level stage requestURI userAgent user user.username user.groups user.extra sourceIPs
  impersonatedUser.username impersonatedUser.groups objectRef objectRef.resource objectRef.namespace objectRef.name
  objectRef.subresource objectRef.apiGroup responseStatus.code responseStatus.reason responseStatus.message
  requestObject requestObject.kind requestObject.metadata.name requestObject.metadata.labels
  requestObject.metadata.labels.app requestObject.metadata.labels.\`app.kubernetes.io/name\`
  requestObject.spec.containers requestObject.spec.containers.name requestObject.spec.containers.image
  requestObject.spec.containers.securityContext.privileged requestObject.spec.containers.ports
  requestObject.spec.containers.ports.containerPort requestObject.spec.containers.env
  requestObject.spec.containers.env.name requestObject.spec.containers.command
  requestObject.spec.volumes.hostPath.path requestObject.spec.replicas requestObject.spec.template.spec.containers.image
  requestObject.rules requestObject.rules.verbs requestObject.subjects requestObject.subjects.name
  requestObject.subjects.kind requestObject.roleRef.name requestObject.value requestObject.path
  responseObject responseObject.spec.containers annotations annotations.\`authorization.k8s.io/reason\`
  annotations.\`authorization.k8s.io/decision\``);

/** What there is more of, to filter, to group and to go on from. */
export const BASES = [
  ...words(`requestObject requestObject $$ $ * ** requestObject.spec requestObject.metadata user user.groups
    requestObject.spec.containers requestObject.spec.containers responseObject.spec.containers $containers()
    requestObject.spec.containers.ports requestObject.spec.containers.env requestObject.subjects requestObject.rules
    sourceIPs objectRef annotations $x $y $systemNamespaces $platformUsers $none $one missing "a" 5 true [] {} ["["]`),
  ...lines(`["a", "b"]
    [1, 2, [3, []], {"a": 1}]
    [[1, 2], [3]]
    [$, verb]
    [$]
    [[requestObject.spec.containers], [verb]]
    [{"a": [1]}, {"a": 2}]
    {"a": [1, 2], "b": {"a": null}}`),
];

/** Paths from something else than the input, which may be a list. */
export const ABSOLUTE =
  words(`$$.verb $.name $x.name $y.name $x[0].name $$.user.username $.a $systemNamespaces.$ $count($)
  $$.requestObject.kind $x{"a":$.name} $.$ $x.$ $$.user.groups[0] $y.$ $[0] $$[0].verb $.name[] $x.name[] [$].name [$$].verb
  $string($) $.*`);

/** What an honest detector would write. */
export const HONEST = lines(`requestObject.spec.containers[securityContext.privileged].name
    requestObject.spec.containers[securityContext.privileged = true]
    requestObject.spec.containers.(name & ":" & image)
    requestObject.spec.containers{name: image}
    requestObject.spec.containers{image: $count($)}
    requestObject.spec.containers.{"n": name, "p": ports.containerPort}
    requestObject.spec.containers.[name, ports.containerPort]
    requestObject.spec.containers.ports[containerPort > 79]
    requestObject.spec.containers[0].ports[0].containerPort
    requestObject.spec.containers[-1].env[name].value
    requestObject.spec.containers.env.(name & "=" & value)
    requestObject.spec.containers[$contains(image, ":")].image
    requestObject.spec.volumes[hostPath].name
    requestObject.subjects[kind = "User"].name
    requestObject.subjects{kind: name[]}
    requestObject.subjects[kind in ["User", "Group"]][0].name
    requestObject.rules["*" in verbs].resources
    requestObject.rules.verbs[$ != "get"]
    requestObject.rules[$count(verbs) > 1]
    requestObject.metadata.labels.*
    requestObject.metadata.[name, namespace]
    $spread(requestObject.metadata.labels)
    $containers()[0].image
    $containers().name[]
    $split(requestURI, "/")[-1]
    $match(requestURI, /[a-z]+/).match
    user.groups[$contains($, "system:")]
    sourceIPs[0]
    [user.username, user.groups]
    [user, impersonatedUser].username
    **.name
    **[name].name
    requestObject.**[privileged = true]`);

export const NAMES = [
  ...KEYS.map((key) => (/^[a-z]+$/i.test(key) && key !== 'null' ? key : `\`${key}\``)),
  ...words(`missing "name" 'kind' and or in`),
];

export const LISTS = words('$systemNamespaces $platformUsers $none $one');

export const REGEXES = [
  ...words(
    String.raw`/a/ /A/i /kube.*/ /^system:/ /(\w+)-(\w+)/ /s?/ /x*/ /()/ /(a)|(b)/ /\d+/ /^$/ /./ /[^:]+/ /(?:a|b)+/m`,
  ),
  ...words(
    String.raw`/\// /:/ /(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)/ /é|😀/ /$/ /b*$/ /\b/ /(S)(y)?/i /[a-m]/ /[^a-m]/ /[-\x00-\x7f]/ /a|ab/ /(a*)(b*)/ /(a(b)?)+/ /^/`,
  ),
  '/ /',
];

/** Whole expressions that need no context. */
export const CALLS = words(`$actor() $outcome() $containers() $images() $podSpec() $command() $succeeded() $planted()
  $serviceAccount() $authz() $query("limit") $query("dryRun") $serviceAccount().name $authz().role`);

/**
 * What the functions take: text, number, list, object, boolean, whatever (x), patterns (p), a regex (R) or a text as well (r),
 * lists of numbers (N), texts (T), objects (O); in brackets what may be left out.
 */
export const FUNCTIONS: Readonly<Record<string, string>> = {
  ...{ boolean: '[x]', not: '[x]', exists: 'x', type: 'x', count: 'l', sum: 'N', average: 'N', max: 'N', min: 'N' },
  ...{
    number: '[t]',
    abs: '[n]',
    floor: '[n]',
    ceil: '[n]',
    sqrt: '[n]',
    power: 'nn',
    round: 'n[n]',
    string: '[x][b]',
  },
  ...{ length: '[t]', lowercase: '[t]', uppercase: '[t]', trim: '[t]', substring: 'tn[n]', substringBefore: 'tt' },
  ...{ substringAfter: 'tt', contains: '[t]r', match: '[t]R[n]', replace: 'tr[t][n]', split: '[t]r[n]', join: 'T[t]' },
  ...{ base64encode: '[t]', base64decode: '[t]', encodeUrl: '[t]', encodeUrlComponent: '[t]', decodeUrl: '[t]' },
  ...{ decodeUrlComponent: '[t]', append: 'll', distinct: 'l', reverse: 'l', keys: '[o]', lookup: 'ot', merge: 'O' },
  ...{ spread: '[o]', glob: 'tp', cidr: 'tp', query: 't', serviceAccount: 't', outcome: '', containers: '', actor: '' },
};
