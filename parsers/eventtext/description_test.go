package eventtext

import (
	"reflect"
	"testing"

	"kbdiag/parsers"
)

func TestUnwrapDescription(t *testing.T) {
	cases := []struct {
		name    string
		message string
		id      int // -1: stays unknown
		source  string
		strings []string
		told    bool // the strings are told
	}{
		{"nt4", "The description for Event ID ( 77 ) in Source ( Foo Svc ) could not be found. It contains the following insertion string(s): one, C:\\two, 3.",
			77, "Foo Svc", []string{"one", `C:\two`, "3"}, true},
		{"nt4 wrapped", "The description for Event ID ( 77 ) in Source (\nFoo Svc ) could not be\nfound. It contains the following\ninsertion string(s): one,\ntwo.",
			77, "Foo Svc", []string{"one", "two"}, true},
		{"nt4 first string empty", "The description for Event ID (24) in Source ( kbdx ) could not be found. It contains the following insertion string(s): , kbdx, \\Device\\Port1.",
			24, "kbdx", []string{"", "kbdx", `\Device\Port1`}, true},
		{"nt4 no strings", "The description for Event ID ( 9 ) in Source ( Foo ) could not be found. It contains the following insertion string(s): .",
			9, "Foo", nil, true},
		{"nt4 nothing said", "The description for Event ID (9) in Source (Foo) could not be found.", 9, "Foo", nil, false},
		{"nt4 without brackets", "The description for Event ID 29 in source (foox) could not be found. It contains the following insertion strings: \\device\\foo1,foo1",
			29, "foox", []string{`\device\foo1,foo1`}, true},
		{"nt4 short", "Description for Event ID 0 could not be found. It contains the insertion string \\device\\foo.",
			0, "", []string{`\device\foo`}, true},
		{"2000", "The description for Event ID ( 5 ) in Source ( Foo ) cannot be found. The local computer may not have the necessary registry information or message DLL files to display messages from a remote computer. The following information is part of the event: a, b.",
			5, "Foo", []string{"a", "b"}, true},
		{"xp", "The description for Event ID ( 5 ) in Source ( Foo ) cannot be found. The local computer may not have the necessary registry information. You may be able to use the /AUXSOURCE= flag to retrieve this description; see Help and Support for details. The following information is part of the event: a; b.",
			5, "Foo", []string{"a", "b"}, true},
		{"vista", "The description for Event ID 1000 from source Foo App cannot be found. Either the component that raises this event is not installed on your local computer or the installation is corrupted.\n\nIf the event originated on another computer, the display information had to be saved with the event.\n\nThe following information was included with the event: \n\nfirst, with a comma\nsecond\n\nThe message resource is present but the message was not found in the message table",
			1000, "Foo App", []string{"first, with a comma", "second"}, true},
		{"vista in one line", "The description for Event ID 0 from source foo cannot be found. The following information was included with the event: Service started The message resource is present but the message is not found in the string/message table",
			0, "foo", []string{"Service started"}, true},
		{"net", "The description for Event ID '98' in Source 'Foo-Ntfs' cannot be found.  The local computer may not have the necessary registry information.  The following information is part of the event:'C:', '\\Device\\Vol1', '0'",
			98, "Foo-Ntfs", []string{"C:", `\Device\Vol1`, "0"}, true},
		{"net ja", "ソース 'Foo-Ntfs' のイベント ID '98' の説明が見つかりません。必要なレジストリ情報が存在しない可能性があります。次の情報はイベントの一部です:'C:', '0'",
			98, "Foo-Ntfs", []string{"C:", "0"}, true},
		{"vista ja", "ソース \"Foo\" からのイベント ID 17 の説明が見つかりません。\n\nイベントには次の情報が含まれています: \n\neins\nzwei",
			17, "Foo", []string{"eins", "zwei"}, true},
		{"vista de", "Die Beschreibung für die Ereignis-ID \"0\" aus der Quelle \"foo\" wurde nicht gefunden.\n\nDie folgenden Informationen wurden mit dem Ereignis gespeichert: \n\nDienst gestartet\n\nDie Meldungsressource ist vorhanden, die Meldung wurde jedoch nicht gefunden.",
			0, "foo", []string{"Dienst gestartet"}, true},
		{"vista ru", "Не удается найти описание для идентификатора события 12 из источника Foo. Вызывающий данное событие компонент не установлен.\n\nК событию были добавлены следующие сведения: \n\nодин",
			12, "Foo", []string{"один"}, true},
		{"fr", "La description de l’ID d’événement ( 3 ) dans la source ( Foo ) est introuvable. Les informations suivantes font partie de l’événement : x, y.",
			3, "Foo", []string{"x", "y"}, true},
		{"es", "No se encuentra la descripción del id. de evento 7 del origen Foo. El componente no está instalado.\n\nSe incluyó la siguiente información con el evento: \n\nuno",
			7, "Foo", []string{"uno"}, true},
		{"zh", "无法找到来自源 Foo 的事件 ID 3 的描述。本地计算机上未安装引发此事件的组件。\n\n以下是包含在事件中的信息: \n\n一",
			3, "Foo", []string{"一"}, true},
		{"zh 2003", "事件 ID ( 3 )的描述(在资源( Foo )中)无法找到。下列信息是事件的一部分: a, b。",
			3, "Foo", []string{"a", "b"}, true},
		{"psloglist", "Message text not available.  Insertion strings: a b", -1, "", []string{"a b"}, true},
		{"n/a", "N/A", -1, "", nil, false},
		{"no number", "The description for Event ID ( xxx ) in Source ( Foo ) could not be found. It contains the following insertion string(s): a.",
			-1, "Foo", []string{"a"}, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			e := &parsers.Event{}
			e.Set(parsers.FieldMessage, c.message)
			if !unwrapDescription(e) {
				t.Fatal("not recognised")
			}
			if e.Has(parsers.FieldMessage) || e.Message != "" {
				t.Errorf("the message is still known: %q", e.Message)
			}
			if got := e.Has(parsers.FieldID); got != (c.id >= 0) || got && int(e.ID) != c.id {
				t.Errorf("id: %v %d, want %d", got, e.ID, c.id)
			}
			if e.Provider != c.source {
				t.Errorf("source: %q, want %q", e.Provider, c.source)
			}
			if e.Has(parsers.FieldStrings) != c.told {
				t.Errorf("strings known: %v, want %v", !c.told, c.told)
			}
			if !reflect.DeepEqual(e.Strings, c.strings) {
				t.Errorf("strings: %q, want %q", e.Strings, c.strings)
			}
		})
	}
}

func TestUnwrapLeavesMessages(t *testing.T) {
	for _, m := range []string{
		"The service was started.",
		"The description of the job is empty.",
		"The description for Event ID is not a wrapper.",
		"N/A is what the driver answered.",
		"Die Beschreibung ist lang.",
		"ソースが見つかりません。",
		"事件已发生",
		"A device attached to the system is not functioning.",
	} {
		e := &parsers.Event{}
		e.Set(parsers.FieldMessage, m)
		if unwrapDescription(e) || e.Message != m {
			t.Errorf("%q was taken for a wrapper", m)
		}
	}
}

func TestUnwrapKeepsWhatIsKnown(t *testing.T) {
	e := &parsers.Event{Strings: []string{"from the XML"}, Known: parsers.FieldStrings}
	e.SetID(5)
	e.Set(parsers.FieldProvider, "Known")
	e.Set(parsers.FieldMessage, "The description for Event ID ( 77 ) in Source ( Foo ) could not be found. It contains the following insertion string(s): one.")
	if !unwrapDescription(e) || e.ID != 5 || e.Provider != "Known" || e.Strings[0] != "from the XML" {
		t.Errorf("overwritten: %+v", e)
	}
}
