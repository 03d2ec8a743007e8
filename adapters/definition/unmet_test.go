package definition_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/definition"
)

// keyed is a definition of what a test sets.
func keyed(change func(*definition.Definition)) *definition.Definition {
	d := &definition.Definition{ID: "smallshire", Token: definition.Token{Flow: "none"}}
	change(d)
	return d
}

func TestEverythingThatIsMissingOrUnknownIsNamedAtOnce(t *testing.T) {
	account := keyed(func(d *definition.Definition) {
		d.Token.Flow, d.Headers.Secrets = "password", map[string]string{"Key": "subscription-key"}
	}).WithCode("asid", "an alert says it")
	exchange := keyed(func(d *definition.Definition) {
		d.IHE = &definition.IHE{Patient: definition.PatientPIX, Assertion: &definition.Assertion{}}
	})
	nothing := keyed(func(*definition.Definition) {})
	one := map[string]string{"x": "y"}
	for name, tc := range map[string]struct {
		d    *definition.Definition
		env  adapters.Environment
		want string
	}{
		"nothing is wanted": {nothing, adapters.Environment{}, ""},
		"all is missing": {account, adapters.Environment{}, "the token URL is not set: set token_url; the client id is not set: set client_id; " +
			"secret_files.password is not set: it is the password of our account; secret_files.subscription-key is not set: the region wants it in the header Key; " +
			"codes.asid is not set: an alert says it; codes.username is not set: set username under codes to the name of our account"},
		"all is there": {account, adapters.Environment{Settings: adapters.Settings{
			TokenURL: "t", ClientID: "c", Secrets: map[string]adapters.Secret{"password": "p", "subscription-key": "k"},
			Codes: map[string]string{"asid": "1", "username": "u"},
		}}, ""},
		"unknown": {nothing, adapters.Environment{Settings: adapters.Settings{
			Addresses: one, Secrets: map[string]adapters.Secret{"subscription-key": "k"}, Codes: one,
		}, Parts: map[string]adapters.Environment{"documents": {HTTP: http.DefaultClient}}},
			"addresses.x is not known: the region has none, take it out; secret_files.subscription-key is not known: the region has none, take it out; " +
				"codes.x is not known: the region has none, take it out; systems.documents is not known: the region has none, take it out"},
		"misspelt": {exchange, adapters.Environment{Settings: adapters.Settings{
			ClientID: "c", Addresses: map[string]string{"pix": "a", "repositry": "b"}, Codes: map[string]string{"home-comunity": "1"},
		}}, "the signing key is not set: set signing_key_file; the signing certificate is not set: set signing_cert_file; " +
			`addresses.repositry is not known: did you mean "repository"?; codes.home-comunity is not known: did you mean "home-community"?`},
		"an index of no address": {exchange, adapters.Environment{Settings: adapters.Settings{ClientID: "c", Addresses: map[string]string{"pix": ""}}},
			"the signing key is not set: set signing_key_file; the signing certificate is not set: set signing_cert_file; " +
				"addresses.pix is not set: patients are looked up there"},
	} {
		t.Run(name, func(t *testing.T) {
			got := ""
			if err := tc.d.Unmet(tc.env); err != nil {
				got = err.Error()
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("unmet (-want +got):\n%s", diff)
			}
		})
	}
}
