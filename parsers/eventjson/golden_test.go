package eventjson_test

import (
	"flag"
	"testing"

	"kbdiag/parsers"
	"kbdiag/parsers/eventjson"
	"kbdiag/parsers/goldentest"
)

var update = flag.Bool("update", false, "write the golden files anew")

func forms() parsers.Forms {
	return parsers.Forms{Formats: []parsers.Format{eventjson.Format(), eventjson.YAML()}, Finders: []parsers.Finder{eventjson.Finder(), eventjson.YAMLFinder()}}
}

func TestGolden(t *testing.T) {
	goldentest.Files(t, "event-json", 40, *update, goldentest.Reading(forms()))
}
