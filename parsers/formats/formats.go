// Package formats is the explicit list of the forms that kbdiag reads. A new
// form is one file in a room beside this one, and one line here.
package formats

import (
	"kbdiag/parsers"
	"kbdiag/parsers/eventjson"
	"kbdiag/parsers/eventsyslog"
	"kbdiag/parsers/eventtable"
	"kbdiag/parsers/eventtext"
	"kbdiag/parsers/eventtools"
	"kbdiag/parsers/evt"
	"kbdiag/parsers/evtx"
	"kbdiag/parsers/linetext"
	"kbdiag/parsers/pcap"
	"kbdiag/parsers/powershell"
	"kbdiag/parsers/transcript"
)

// All gives every form and finder.
func All() parsers.Forms {
	return parsers.Forms{
		Formats: append([]parsers.Format{
			evtx.Format(),
			evt.Format(),
			pcap.Format(),
			eventtext.EventViewerNTCSV(),
			eventtext.EventViewerNTTXT(),
			eventtext.EventViewerVistaCSV(),
			eventtext.EventViewerVistaTXT(),
			eventtext.Dumpel(),
			eventtext.EventXML(),
			eventtable.Format(),
			eventtable.DetectionsFormat(),
			powershell.CLIXML(),
			powershell.Format(),
			eventtools.PsLogList(),
			eventtools.PsLogListRows(),
			eventtools.EventTable(),
			eventtools.EventQueryList(),
			eventtools.NirSoftText(),
			eventtools.NirSoftXML(),
			eventtools.MSInfo(),
			eventtools.MSInfoXML(),
			eventtools.DCDiag(),
			eventtools.FRST(),
			eventtools.OTL(),
			eventtools.DDS(),
			eventtools.RSIT(),
			eventtools.EvtExport(),
			eventtools.TraceReport(),
			eventsyslog.Splunk(),
			eventsyslog.Syslog(),
			eventjson.Format(),
			eventjson.YAML(),
		}, transcript.Formats()...),
		Finders: []parsers.Finder{
			eventsyslog.Finder(),       // first: its marks are certain, and a message may look like a row
			eventtools.Finder(),        // before rows and labels: its shapes are the more exact
			eventtext.SavedRowFinder(), // before the labels: a row is the more exact form
			eventjson.Finder(),         // before the labels: messages inside have labels of their own
			eventjson.YAMLFinder(),
			powershell.Finder(), // before the labels: "Source : x" is one of its lines
			eventtable.Finder(),
			eventtext.LabelFinder(),
			transcript.Finder(),
		},
		Plain: transcript.PlainWebLog,
		Rest:  linetext.Reader,
	}
}
