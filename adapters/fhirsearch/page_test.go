package fhirsearch_test

import (
	"testing"

	"github.com/openlhcr/openlhcr/adapters/fhirsearch"
)

// Each case is a page as it may come, and what is read of it to follow it.
func TestPage(t *testing.T) {
	const next = `{"relation":"next","url":"u"}`
	for name, c := range map[string]struct {
		body             string
		matches, entries int
		next, err        string
	}{
		"plain":                    {`{"resourceType":"Bundle","link":[` + next + `],"entry":[{"resource":{"resourceType":"Flag","id":"a"}}]}`, 1, 1, "u", ""},
		"the type comes last":      {`{"entry":[{}],"link":[` + next + `],"resourceType":"Bundle"}`, 1, 1, "u", ""},
		"escaped names":            {`{"resource\u0054ype":"Bundle","l\u0069nk":[{"relation":"n\u0065xt","\u0075rl":"u"}]}`, 0, 0, "u", ""},
		"next in capitals":         {`{"resourceType":"Bundle","link":[{"relation":" Next","url":"u"}]}`, 0, 0, "u", ""},
		"one where many are due":   {`{"resourceType":"Bundle","link":` + next + `,"entry":{}}`, 1, 1, "u", ""},
		"nulls":                    {`{"resourceType":"Bundle","total":null,"link":null,"entry":[null,{"resource":null,"search":null,"fullUrl":null}]}`, 2, 2, "", ""},
		"included":                 {`{"resourceType":"Bundle","entry":[{"search":{"mode":"include"}},{"search":{"mode":"match"}}]}`, 1, 2, "", ""},
		"an outcome":               {`{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"OperationOutcome"}}]}`, 0, 1, "", ""},
		"odd entries are matches":  {`{"resourceType":"Bundle","entry":[7,{"resource":"x"},{"search":{"mode":7}},{"resource":{"id":{}},"search":{"mode":"include"}}]}`, 4, 4, "", ""},
		"an odd type, later right": {`{"resourceType":7,"resourceType":"Bundle"}`, 0, 0, "", ""},
		"the last of two counts":   {`{"resourceType":"Bundle","link":[7],"entry":[{},{}],"link":[` + next + `],"entry":[{}]}`, 1, 1, "u", ""},
		"a link that is none":      {`{"resourceType":"Bundle","link":[` + next + `,7],"entry":[{}]}`, 1, 1, "", "the region's links to further pages cannot be read"},
		"next without address":     {`{"resourceType":"Bundle","link":[{"relation":"next"}]}`, 0, 0, "", "the region's links to further pages cannot be read"},
		"another resource":         {`{"resourceType":"Patient","link":[` + next + `]}`, 0, 0, "", "the region's answer is not a bundle"},
		"no object":                {`[` + next + `]`, 0, 0, "", "the region's answer is not a bundle"},
		"cut short":                {`{"resourceType":"Bundle","entry":[{}`, 0, 0, "", "the region's answer is not JSON"},
		"something behind it":      {`{"resourceType":"Bundle"} x`, 0, 0, "", "the region's answer is not JSON"},
		"nothing":                  {``, 0, 0, "", "the region's answer is not JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			matches, entries, next, err := fhirsearch.ParsePage([]byte(c.body))
			said := ""
			if err != nil {
				said = err.Error()
			}
			if matches != c.matches || entries != c.entries || next != c.next || said != c.err {
				t.Errorf("%d matches of %d entries, next %q, %q; want %d of %d, %q, %q", matches, entries, next, said, c.matches, c.entries, c.next, c.err)
			}
		})
	}
}
