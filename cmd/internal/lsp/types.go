package lsp

// The parts of the protocol that are used, as it names them. Lines and
// characters are 0-based; a character is a unit of UTF-16.
type (
	position struct {
		Line      int `json:"line"`
		Character int `json:"character"`
	}
	textRange struct {
		Start position `json:"start"`
		End   position `json:"end"`
	}
	location struct {
		URI   string    `json:"uri"`
		Range textRange `json:"range"`
	}
	diagnostic struct {
		Range    textRange `json:"range"`
		Severity int       `json:"severity"` // 1 error, 2 warning, 3 information
		Code     string    `json:"code"`
		Source   string    `json:"source"`
		Message  string    `json:"message"`
	}
	diagnostics struct {
		URI         string       `json:"uri"`
		Diagnostics []diagnostic `json:"diagnostics"`
	}
	documentID struct {
		URI string `json:"uri"`
	}
	openParams struct {
		Document struct {
			URI  string `json:"uri"`
			Text string `json:"text"`
		} `json:"textDocument"`
	}
	changeParams struct {
		Document documentID `json:"textDocument"`
		Changes  []struct {
			Text string `json:"text"`
		} `json:"contentChanges"`
	}
	placeParams struct {
		Document documentID `json:"textDocument"`
		Position position   `json:"position"`
	}
	actionParams struct {
		Document documentID `json:"textDocument"`
		Range    textRange  `json:"range"`
	}
	initParams struct {
		RootURI string `json:"rootUri"`
		Folders []struct {
			URI string `json:"uri"`
		} `json:"workspaceFolders"`
	}
	completionItem struct {
		Label  string  `json:"label"`
		Kind   int     `json:"kind"`
		Detail string  `json:"detail,omitempty"`
		Doc    string  `json:"documentation,omitempty"`
		Insert string  `json:"insertText,omitempty"`
		Sort   string  `json:"sortText,omitempty"`
		Format int     `json:"insertTextFormat,omitempty"` // 1 plain
		Edit   *change `json:"textEdit,omitempty"`
	}
	completionList struct {
		Incomplete bool             `json:"isIncomplete"`
		Items      []completionItem `json:"items"`
	}
	markup struct {
		Kind  string `json:"kind"`
		Value string `json:"value"`
	}
	hover struct {
		Contents markup `json:"contents"`
	}
	change struct {
		Range   textRange `json:"range"`
		NewText string    `json:"newText"`
	}
	action struct {
		Title       string        `json:"title"`
		Kind        string        `json:"kind"`
		Diagnostics []diagnostic  `json:"diagnostics"`
		Edit        workspaceEdit `json:"edit"`
	}
	workspaceEdit struct {
		Changes map[string][]change `json:"changes"`
	}
)

// Kinds of completions.
const (
	kindFunction = 3
	kindField    = 5
	kindVariable = 6
	kindProperty = 10
	kindValue    = 12
	kindModule   = 9
	kindFile     = 17
	kindOperator = 24
)
