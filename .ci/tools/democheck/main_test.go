package main

import (
	"strings"
	"testing"
)

func TestOnlyAWholeAnswerPasses(t *testing.T) {
	const whole = `{"record":{"medications":[{}]},"outcomes":[{"regionId":"dorset"}],"completeness":"COMPLETENESS_PARTIAL"}`
	tests := map[string]struct{ output, want string }{
		"a whole answer":          {whole, ""},
		"nothing printed":         {"", "not one JSON object"},
		"a log line before it":    {"ready\n" + whole, "not one JSON object"},
		"a log line after it":     {whole + "\nbye", "something follows"},
		"two answers":             {whole + whole, "something follows"},
		"a list":                  {"[" + whole + "]", "not one JSON object"},
		"no medications":          {strings.Replace(whole, "[{}]", "[]", 1), ".record.medications"},
		"no record":               {strings.Replace(whole, "record", "recorded", 1), ".record.medications"},
		"no outcome":              {strings.Replace(whole, `{"regionId":"dorset"}`, "", 1), ".outcomes is empty"},
		"an outcome of no region": {strings.Replace(whole, "dorset", "", 1), ".outcomes[0].regionId"},
		"no completeness":         {strings.Replace(whole, "PARTIAL", "UNSPECIFIED", 1), ".completeness"},
		"a completeness in short": {strings.Replace(whole, "COMPLETENESS_PARTIAL", "PARTIAL", 1), ".completeness"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			err := check(strings.NewReader(test.output))
			if test.want == "" && err != nil {
				t.Errorf("check: %v, want no error", err)
			}
			if test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("check: %v, want an error about %q", err, test.want)
			}
		})
	}
}
