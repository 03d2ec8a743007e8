package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const gm = small + `  gm:
    base_url: https://gm.example/stu3
`

// What is left out is said to be, and nothing else is said of it.
func TestAFurtherSystemIsLeftOutInSoManyWords(t *testing.T) {
	tests := map[string]struct {
		lines string
		want  []string
	}{
		"left out":           {"    systems: {documents: {off: true}}\n", nil},
		"not left out":       {"    systems: {documents: {off: false, base_url: https://a.example}}\n", nil},
		"nothing said of it": {"    systems: {documents: {}}\n", []string{"systems.documents.base_url"}},
		"with other keys": {
			"    systems: {documents: {off: true, base_url: https://a.example, codes: {a: b}, signing_key_id: a}}\n",
			[]string{"systems.documents.base_url", "systems.documents.codes.a", "systems.documents.signing_key_id"},
		},
		"the region itself": {"    off: true\n", []string{"off"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c, err := Parse([]byte(gm+tt.lines), noEnvironment)
			if err == nil {
				c.Strict = false
				c.Listen.PlainText, c.Auth.AllowUnauthenticated = true, true
				err = c.Validate()
			}
			var got []string
			for _, line := range problemsOf(t, err) {
				if _, after, found := strings.Cut(line, "regions.gm."); found {
					key, _, _ := strings.Cut(after, ": ")
					got = append(got, key)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("keys that are blamed (-want +got):\n%s", diff)
			}
		})
	}
}
