package definition_test

import (
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/adapters"
)

// What was kept under one configuration must not be served under another: the same
// question may be answered otherwise.
func TestEveryChangeOfWhatARegionIsReadByIsAnotherConfiguration(t *testing.T) {
	base := adapters.Settings{
		BaseURL: "https://records.example/fhir", TokenURL: "https://login.example/token", ClientID: "us", ClientSecret: "one",
		Codes: map[string]string{"reason.direct-care": "1", "role": "2"},
	}
	configuration := func(source string, change func(*adapters.Settings)) string {
		settings := base
		change(&settings)
		return parse(t, source).DescribeFor(settings).GetConfiguration()
	}
	same := func(*adapters.Settings) {}
	first := configuration(whole, same)
	if first == "" || first != configuration(whole, same) {
		t.Fatalf("the configuration is %q, and another the next time", first)
	}
	if first != configuration(whole, func(s *adapters.Settings) { s.ClientSecret = "two" }) {
		t.Error("a secret changes it")
	}
	for name, other := range map[string]string{
		"path of the address": configuration(whole, func(s *adapters.Settings) { s.BaseURL += "/other" }),
		"token address":       configuration(whole, func(s *adapters.Settings) { s.TokenURL += "/other" }),
		"client id":           configuration(whole, func(s *adapters.Settings) { s.ClientID = "them" }),
		"signing key":         configuration(whole, func(s *adapters.Settings) { s.SigningKeyID = "k2" }),
		"a code":              configuration(whole, func(s *adapters.Settings) { s.Codes = map[string]string{"reason.direct-care": "3", "role": "2"} }),
		"the file":            configuration(strings.Replace(whole, "It is small.", "It is tiny.", 1), same),
	} {
		if other == first {
			t.Errorf("%s: the configuration stays the same", name)
		}
	}
}
