package eventjson

// Reports of detection tools are not logs: what no rule hit is missing, and
// one event can be reported by several rules.

// hayabusaLogs are the short names that Hayabusa prints for logs
// [config/channel_abbreviations].
var hayabusaLogs = map[string]string{
	"Sec": "Security", "Sys": "System", "App": "Application",
	"Sysmon": "Microsoft-Windows-Sysmon/Operational",
	"PwSh":   "Microsoft-Windows-PowerShell/Operational", "PwShClassic": "Windows PowerShell",
	"Defender":  "Microsoft-Windows-Windows Defender/Operational",
	"TaskSch":   "Microsoft-Windows-TaskScheduler/Operational",
	"WMI":       "Microsoft-Windows-WMI-Activity/Operational",
	"BitsCli":   "Microsoft-Windows-Bits-Client/Operational",
	"AppLocker": "Microsoft-Windows-AppLocker/EXE and DLL",
	"RDS-LSM":   "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational",
	"NTLM":      "Microsoft-Windows-NTLM/Operational",
	"Firewall":  "Microsoft-Windows-Windows Firewall With Advanced Security/Firewall",
	"DNS-Svr":   "DNS Server", "KeyMgtSvc": "Key Management Service",
}

// fullLog gives the name of a log for which Hayabusa has a short one.
func fullLog(short string) string {
	if full, ok := hayabusaLogs[short]; ok {
		return full
	}
	return short
}

// What is said of inputs with detections.
const (
	noteHayabusa   = "detections of Hayabusa, no log: each is read as the event it names, with the values that the report shows; events that no rule hit are missing"
	noteDetections = "detections (Chainsaw hunt, Zircolite), no log: they are not read as events"
	skipDetection  = "detection of a rule, no event"
)

// isDetection reports whether the object at node at is a detection that is
// not read: of Chainsaw's hunt or of Zircolite.
func isDetection(d *doc, at int32) bool {
	var group, kind, document, matches, rule bool
	for i := at + 1; i < d.nodes[at].next; i = d.nodes[i].next {
		n := &d.nodes[i]
		switch d.rawKey(n) {
		case "group":
			group = n.kind == isString
		case "kind":
			kind = n.kind == isString
		case "document", "documents":
			document = n.kind >= isObject
		case "matches":
			matches = n.kind == isArray
		case "rule_level", "sigmafile", "sigma":
			rule = true
		}
	}
	return group && kind && document || matches && rule
}
