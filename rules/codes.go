package rules

import "slices"

// CodeDoc explains one kind of finding.
type CodeDoc struct {
	Code     Code
	Severity Severity // as it usually is; errors keep a rule from being loaded
	Means    string   // what is found, and why it matters
	Do       string   // what to do
}

// CodeDocs explains all kinds of findings, errors first.
func CodeDocs() []CodeDoc {
	return slices.Concat(fileCodes(), conditionCodes(), warningCodes(), noteCodes())
}

// DocOf explains a kind of finding; ok is false where there is none of that
// name.
func DocOf(code Code) (doc CodeDoc, ok bool) {
	all := CodeDocs()
	i := slices.IndexFunc(all, func(d CodeDoc) bool { return d.Code == code })
	if i < 0 {
		return CodeDoc{}, false
	}
	return all[i], true
}

// NearestCode gives the name of a kind of finding that is most like a word.
func NearestCode(word string) string {
	var names []string
	for _, d := range CodeDocs() {
		names = append(names, string(d.Code))
	}
	return nearest(word, names)
}

// fileCodes explains errors of the file and its keys.
func fileCodes() []CodeDoc {
	const e = SeverityError
	return []CodeDoc{
		{CodeUnreadable, e, "The file or folder cannot be opened.", "Check that it is there and that you may read it."},
		{CodeTooLarge, e, "Something is beyond a bound that keeps hostile files from taking time and memory: 256 KiB a file, 2,000 keys, 6 levels, 1,000 values a list, 4,096 bytes and 600 parts a condition.", "Split it: into several signals, or into several rules."},
		{CodeSyntax, e, "The file is not TOML 1.0. Nothing behind this place was read.", "Mind quotes: text stands in \"...\" or '...', text of several lines in three quotes."},
		{CodeDuplicateKey, e, "A key or table is there twice. TOML does not say which of the two counts.", "Remove one of them; for a second step or question write [[step]] or [[collect]] again."},
		{CodeUnknownKey, e, "The format has no such key here. A misspelt key would otherwise be a rule that silently does less than its author thinks.", "Use the key that is suggested; see rules schema for all of them."},
		{CodeWrongType, e, "The value has another type than the key wants.", "Put text in quotes, lists in [ ], tables under a header of their own."},
		{CodeMissingKey, e, "A key is missing that a rule must have.", "Add it. Each rule needs schema, id, title, cause, a signal with on and strength, and a step with text."},
		{CodeEmpty, e, "The value is there but blank.", "Write it, or leave the key out if a rule may be without."},
		{CodeBadValue, e, "The value is none of the possible ones, or a name that has another meaning.", "Use one of those that are listed."},
		{CodeBadSchema, e, "The rule is written for a version of the format that this program does not read.", "For a newer one use a newer kbdiag; otherwise write schema = 1."},
		{CodeBadID, e, "Ids are Q with 5 to 7 digits, as Microsoft's articles have them, or capital letters of your own with 3 to 9 digits.", "Write it such as Q247764 or ACME0012."},
		{CodeDuplicateID, e, "Two files have a rule of the same id. Reports name rules by their ids.", "Give one of them another id."},
		{CodeBadPack, e, "The file is a zip archive, but no pack of rules, or a damaged one. Nothing of it was loaded.", "Make it anew with rules pack."},
		{CodeTampered, e, "The pack does not hold what its manifest or its signature says. Nothing of it was loaded.", "Get it again from where it comes."},
		{CodeUntrusted, e, "--trust was given, and the pack is not signed with that key.", "Check where the pack comes from."},
		{CodeSelfReference, e, "A rule names itself in references or explains.", "Leave it out."},
	}
}

// conditionCodes explains errors in conditions.
func conditionCodes() []CodeDoc {
	const e = SeverityError
	return []CodeDoc{
		{CodeExpr, e, "The condition is not an expression.", "Compare with ==, join with && and ||, put text in quotes."},
		{CodeExprForm, e, "It is an expression, but of a form that conditions do not have: calculations, functions that take time or memory, values that are not literals. Rules come from strangers, so a condition can only compare fields with literals.", "Write it with ==, !=, <, in, contains, startsWith, endsWith, matches, any, all, none, one and len."},
		{CodeUnknownField, e, "The kind of record that the signal is on has no such field. The condition could never hold.", "Use the field that is suggested, or another kind of record in on."},
		{CodeExprType, e, "The types of both sides do not fit, such as text compared with a number.", "Write the literal in the type of the field."},
		{CodeImpossible, e, "The field never has this value: an id has 16 bits, level, stage and outcome have fixed names.", "Use a value that is possible; of a 32-bit id the upper half is in qualifiers."},
		{CodeAlwaysTrue, e, "This part of the condition cannot be false, so it says nothing.", "Leave it out, or correct the value: often && was meant for ||, or the other way round."},
		{CodeAlwaysFalse, e, "This part of the condition cannot be true, so the signal is never seen.", "Correct one of the two values: often || was meant for &&."},
		{CodeBadPattern, e, "The regular expression does not compile (RE2 syntax: no look-around, no back references) or becomes too large by its repeats.", "Correct it; make its repeats smaller."},
		{CodeUnknownSignal, e, "The rule has no signal of this name.", "Use the name as it stands in [signal.NAME]."},
		{CodeUnreachable, e, "A strong signal that neither the diagnosis nor a question mentions: it is seen and decides nothing.", "Mention it in the condition of [diagnosis], or make it supports."},
		{CodeMatchesAll, e, "A signal without when and without message is shown by every record.", "Add when or message."},
		{CodeBadDuration, e, "Windows of within and sequence are a number with a unit in quotes, more than 0 and at most 366d.", "Write \"90s\", \"10m\", \"2h\" or \"7d\"."},
		{CodeRepeatedSignal, e, "A signal stands twice in one within or sequence. They are over different signals.", "Write count(signal) >= 2."},
	}
}

// warningCodes explains warnings.
func warningCodes() []CodeDoc {
	const w = SeverityWarning
	return []CodeDoc{
		{CodeFileName, w, "The file is not named like the rule, so that nobody finds it, and its samples are looked for beside the file.", "Rename the file to ID.toml."},
		{CodeRepeatedValue, w, "A value stands twice in a list.", "Leave it out."},
		{CodeNoCollect, w, "The rule has no question. Where the evidence is not enough, the report then cannot say what to ask for.", "Add [[collect]] with ask and the signal that the answer would show."},
		{CodeNoVerify, w, "No step says how to see that it worked.", "Add verify, at least to the last step."},
		{CodeUnusedSignal, w, "The diagnosis does not mention the signal. A strong one is asked for and then decides nothing; a weaker one (a note) only adds to the score.", "Mention it in the diagnosis if it can decide."},
		{CodeNoProvider, w, "The signal asks for an event id without a source. Many programs use the same ids.", "Add provider == \"...\"."},
		{CodeCommonLiteral, w, "All that the signal asks for is in most logs: words such as error or service, fewer than four letters, or only a level.", "Quote more, or add the source and id."},
		{CodeBareWord, w, "A single plain word is all that a strong signal asks for. Logs of other programs have it too.", "Quote more of the text around it, or add what tells it apart."},
		{CodeSlowPattern, w, "The regular expression has no fixed text that could be looked for first, so it runs over every record.", "Add what must be there: message contains \"...\" && message matches ..."},
		{CodeCodeForm, w, "The error code is not in the form that codes are kept in, so it is never found.", "Write \"0x80070005\", \"nt:0xc000006d\", \"-1018\" or \"win32:5\"."},
		{CodeGroupUnknown, w, "same(...) wants records that share a field, and a signal is on a kind of record that does not have it.", "Leave same(...) out, or use another group."},
		{CodeNoEvidence, w, "The diagnosis holds even when nothing was seen, so the rule applies to every ticket without that log.", "Join absent or count with a signal that speaks for the rule."},
		{CodeUnknownExplains, w, "The rule explains one that is not loaded.", "Correct the id, or load that rule too."},
		{CodeExplainsCycle, w, "Rules explain each other in a circle, so none of them is the cause.", "Let the cause alone explain its symptoms."},
		{CodeAlike, w, "Two rules have the same signals. No input can tell them apart, and both are shown.", "Add a signal to one of them, or make them one rule."},
		{CodeNoSamples, w, "The rule has fewer than two inputs on which it must fire, or fewer than two near misses on which it must not. Samples are what keeps a rule right when others change.", "Put fires-... and quiet-... into the folder that is named like the file without .toml."},
		{CodeFillIn, w, "What the draft says to fill in is still there.", "Write it in your own words, or leave the key out where a rule may be without."},
	}
}

// noteCodes explains notes.
func noteCodes() []CodeDoc {
	const n = SeverityNote
	return []CodeDoc{
		{CodeSharedEvent, n, "Other rules look for the same source and id. The more do, the less the event alone says: its weight falls with the number of rules that know it, and only the text tells them apart.", "Quote the text of this rule's own case in message, add codes, or add a signal that the others have not."},
		{CodePlainPattern, n, "The regular expression has no signs with a meaning of their own.", "Write contains; it says the same and is faster."},
		{CodeNeedlessEdges, n, "Patterns are looked for anywhere in a text, so .* at the beginning or end adds nothing but time.", "Leave it out."},
	}
}
