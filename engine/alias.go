package engine

import "strings"

// providerAliases pairs the old source name of a provider with the name that
// its manifest gives. Both stand in logs, depending on the tool that wrote
// them (seen in exported logs; EventSourceName in the XML form).
var providerAliases = map[string]string{
	"dcom":              "microsoft-windows-distributedcom",
	"defrag":            "microsoft-windows-defrag",
	"eventlog":          "microsoft-windows-eventlog",
	"userenv":           "microsoft-windows-userenv",
	"was":               "microsoft-windows-was",
	"w32time":           "microsoft-windows-time-service",
	"wininit":           "microsoft-windows-wininit",
	"winlogon":          "microsoft-windows-winlogon",
	"kernel-power":      "microsoft-windows-kernel-power",
	"kernel-general":    "microsoft-windows-kernel-general",
	"dns client events": "microsoft-windows-dns-client",
	"ntfs":              "microsoft-windows-ntfs",
	"security":          "microsoft-windows-security-auditing",
	"grouppolicy":       "microsoft-windows-grouppolicy",
	"termdd":            "microsoft-windows-terminalservices-termdd",
	"msdtc":             "microsoft-windows-msdtc",
	"schannel":          "microsoft-windows-schannel",
}

// foldProvider gives the name under which a provider is compared: lower case,
// no blanks at the ends, one name for providers that have two.
func foldProvider(name string) string {
	f := strings.ToLower(strings.TrimSpace(name))
	if canonical, ok := providerAliases[f]; ok {
		return canonical
	}
	return f
}

// homeLog tells in which log a provider of Windows writes. Everything that is
// not of the system or of its audit writes in the application log.
func homeLog(foldedProvider string) string {
	switch foldedProvider {
	case "microsoft-windows-security-auditing":
		return "security"
	case "service control manager", "microsoft-windows-eventlog", "microsoft-windows-distributedcom",
		"disk", "ftdisk", "atapi", "cdrom", "tcpip", "netbt", "nbf", "srv", "rdr", "browser", "netlogon",
		"dhcp", "dhcpserver", "dns", "wins", "print", "rasman", "remoteaccess", "serial", "parport",
		"microsoft-windows-ntfs", "microsoft-windows-kernel-power", "microsoft-windows-kernel-general",
		"microsoft-windows-time-service", "microsoft-windows-schannel", "save dump", "system error",
		"application popup", "microsoft-windows-grouppolicy", "lsasrv", "server", "workstation",
		"microsoft-windows-was", "volsnap", "storport", "microsoft-windows-terminalservices-termdd":
		return "system"
	}
	return "application"
}
