package transcript

import (
	"kbdiag/parsers"
)

// nntp is RFC 3977 with RFC 4643 (AUTHINFO), RFC 4642 (STARTTLS) and the verbs
// of RFC 977 and RFC 2980.
var nntp = grammar{
	name: "nntp",
	bit:  ofNNTP,
	verbs: map[string]verb{
		"MODE READER":      {noArgs, parsers.StageCommand},
		"MODE STREAM":      {noArgs, parsers.StageCommand},
		"AUTHINFO USER":    {anyName, parsers.StageAuth},
		"AUTHINFO PASS":    {password, parsers.StageAuth},
		"AUTHINFO SASL":    {mechanism, parsers.StageAuth},
		"AUTHINFO GENERIC": {password, parsers.StageAuth},
		"CAPABILITIES":     {optWord, parsers.StageCommand},
		"STARTTLS":         {noArgs, parsers.StageTLS},
		"GROUP":            {groupName, parsers.StageSelect},
		"LISTGROUP":        {optWord, parsers.StageSelect},
		"ARTICLE":          {optArticle, parsers.StageCommand},
		"HEAD":             {optArticle, parsers.StageCommand},
		"BODY":             {optArticle, parsers.StageCommand},
		"STAT":             {optArticle, parsers.StageCommand},
		"NEXT":             {noArgs, parsers.StageCommand},
		"LAST":             {noArgs, parsers.StageCommand},
		"LIST":             {optWord, parsers.StageCommand},
		"NEWGROUPS":        {digitsFirst, parsers.StageCommand},
		"NEWNEWS":          {anyArgs, parsers.StageCommand},
		"OVER":             {optArticle, parsers.StageCommand},
		"XOVER":            {optArticle, parsers.StageCommand},
		"HDR":              {anyArgs, parsers.StageCommand},
		"XHDR":             {anyArgs, parsers.StageCommand},
		"XPAT":             {anyArgs, parsers.StageCommand},
		"DATE":             {noArgs, parsers.StageCommand},
		"HELP":             {noArgs, parsers.StageCommand},
		"SLAVE":            {noArgs, parsers.StageCommand},
		"POST":             {noArgs, parsers.StageData},
		"IHAVE":            {angled, parsers.StageData},
		"CHECK":            {angled, parsers.StageCommand},
		"TAKETHIS":         {angled, parsers.StageBody},
		"QUIT":             {noArgs, parsers.StageQuit},
	},
	pairs:  map[string]bool{"MODE": true, "AUTHINFO": true},
	status: codeReply,
	greets: nntpGreets,
	dotted: nntpDotted,
	next:   nntpNext,
	infer:  nntpVerb,
}

// nntpGreets: 200 and 201 welcome, 400 and 502 refuse [RFC 3977 section 5.1];
// Leafnode refuses with 503.
func nntpGreets(r *reply) bool {
	switch r.Code {
	case 200, 201, 400, 502, 503:
		return true
	}
	return false
}

// nntpDotted: codes with a multi-line block [RFC 3977 section 3.2 and appendix
// C].
func nntpDotted(c *command, r *reply) bool {
	switch r.Code {
	case 100, 101, 215, 220, 221, 222, 224, 225, 230, 231, 282:
		return true
	case 211:
		return c.verb == "LISTGROUP"
	}
	return false
}

func nntpNext(c *command, r *reply) next {
	switch {
	case r.Code == 383:
		return nextResponse
	case r.Code == 340 || r.Code == 335:
		return nextBody
	case c.verb == "QUIT" && r.Code == 205:
		return nextQuit
	}
	return nextNothing
}

// nntpVerb names the command that a reply answers, by its code, its words and the
// usual order.
func nntpVerb(in *inference, r *reply) string {
	if in.prev != nil && (in.prev.Code == 340 || in.prev.Code == 335) {
		return "(body)"
	}
	if in.prev != nil && in.prev.Code == 381 {
		return "AUTHINFO PASS"
	}
	if v, ok := nntpByCode[r.Code]; ok {
		return v
	}
	return ""
}

var nntpByCode = map[int]string{
	100: "HELP", 101: "CAPABILITIES", 111: "DATE", 200: "MODE READER", 201: "MODE READER", 205: "QUIT", 211: "GROUP", 215: "LIST",
	220: "ARTICLE", 221: "HEAD", 222: "BODY", 223: "STAT", 224: "XOVER", 230: "NEWNEWS", 231: "NEWGROUPS", 281: "AUTHINFO PASS",
	335: "IHAVE", 340: "POST", 381: "AUTHINFO USER", 382: "STARTTLS", 383: "AUTHINFO SASL", 411: "GROUP", 435: "IHAVE", 440: "POST",
	480: "", 481: "AUTHINFO PASS", 482: "AUTHINFO PASS",
}
