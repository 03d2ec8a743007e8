package definition

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/openlhcr/openlhcr/adapters"
)

// Unmet is everything in which what a deployment lends does not meet what the region wants:
// what is missing, and every name that the region does not have, each by its key. It shows no
// value. Nil where nothing is wrong.
func (d *Definition) Unmet(env adapters.Environment) error {
	s, w := env.Settings, d.Wants()
	all := w.missing(s)
	all = append(all, named("addresses", w.Addresses, keysThat(s.Addresses))...)
	all = append(all, named("secret_files", w.Secrets, keysThat(s.Secrets), "password")...)
	all = append(all, named("codes", w.Codes, keysThat(s.Codes), "username", "token.subject", "reason.*", "role.*")...)
	all = append(all, Strangers("systems", slices.Sorted(maps.Keys(env.Parts)), nil)...)
	return Together(all...)
}

func (w Wants) missing(s adapters.Settings) []error {
	var all []error
	must := func(wanted, there bool, message string) {
		if wanted && !there {
			all = append(all, errors.New(message))
		}
	}
	must(w.TokenURL, s.TokenURL != "", "the token URL is not set: set token_url")
	must(w.ClientID, s.ClientID != "", "the client id is not set: set client_id")
	must(w.ClientSecret, s.ClientSecret != "", "the client secret is not set: set client_secret_file")
	must(w.SigningKey, s.SigningKey != nil, "the signing key is not set: set signing_key_file")
	must(w.SigningKeyID, s.SigningKeyID != "", "the signing key's id is not set: set signing_key_id")
	must(w.SigningCertificate, len(s.SigningCertificates) > 0, "the signing certificate is not set: set signing_cert_file")
	return all
}

// keysThat are the names under a key, and whether something stands there.
func keysThat[V ~string](values map[string]V) map[string]bool {
	out := map[string]bool{}
	for name, value := range values {
		out[name] = value != ""
	}
	return out
}

// named are the faults of the names that stand under a key. The idle ones are well spelt, and
// do no harm in a region that has no use for them: one account can be for several regions.
func named(key string, wants []Want, given map[string]bool, idle ...string) []error {
	var all []error
	var known []string
	for _, w := range wants {
		known = append(known, w.Name)
		if w.Why != "" && !given[w.Name] {
			all = append(all, fmt.Errorf("%s.%s is not set: %s", key, w.Name, w.Why))
		}
	}
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(given)), func(name string) bool {
		return slices.ContainsFunc(idle, func(i string) bool { return matches(i, name) })
	})
	return append(all, Strangers(key, names, known)...)
}

// Strangers are the faults of the names under a key that are none of those known there.
func Strangers(key string, given, known []string) []error {
	var all []error
	for _, name := range given {
		if !slices.ContainsFunc(known, func(k string) bool { return matches(k, name) }) {
			all = append(all, fmt.Errorf("%s.%s is not known: %s", key, name, advice(name, known)))
		}
	}
	return all
}

// matches says whether a name is the one known, or begins as all those do that it stands for.
func matches(known, name string) bool {
	if beginning, many := strings.CutSuffix(known, "*"); many {
		return len(name) > len(beginning) && strings.HasPrefix(name, beginning)
	}
	return known == name
}

func advice(name string, known []string) string {
	if len(known) == 0 {
		return "the region has none, take it out"
	}
	best, least := "", 1+len(name)/2 // a name of which half differs is another
	for _, k := range known {
		if d := edits(name, k); d < least {
			best, least = k, d
		}
	}
	if best != "" {
		return fmt.Sprintf("did you mean %q?", best)
	}
	return "want " + strings.Join(known, ", ")
}

// edits is how many letters must be put in, taken out or changed to make one word of the other (Levenshtein).
func edits(a, b string) int {
	before := make([]int, len(b)+1)
	for j := range before {
		before[j] = j
	}
	for i := range a {
		row := []int{i + 1}
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row = append(row, min(before[j]+cost, before[j+1]+1, row[j]+1))
		}
		before = row
	}
	return before[len(b)]
}

// Faults are several errors in one line.
type Faults []error

// Error is what each says.
func (f Faults) Error() string {
	said := make([]string, 0, len(f))
	for _, err := range f {
		said = append(said, err.Error())
	}
	return strings.Join(said, "; ")
}

// Unwrap are the errors.
func (f Faults) Unwrap() []error { return f }

// Together makes one error of those that are not nil. Nil for none, and one alone stays what it is.
func Together(errs ...error) error {
	var all Faults
	for _, err := range errs {
		if more, ok := err.(Faults); ok {
			all = append(all, more...)
		} else if err != nil {
			all = append(all, err)
		}
	}
	switch len(all) {
	case 0:
		return nil
	case 1:
		return all[0]
	}
	return all
}
