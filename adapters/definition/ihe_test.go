package definition_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/adapters/definition"
)

// exchanged is a definition of a document exchange, with its ihe block.
func exchanged(ihe string) string {
	return `
id: smallshire
name: Smallshire
description: A region made up for tests.
platform: Example
protocol: IHE
claims: [{subject: protocol, statement: It speaks XDS., certainty: assumed}]
token: {flow: none}
ihe:
  ` + strings.ReplaceAll(strings.TrimSpace(ihe), "\n", "\n  ") + `
documents: {most: 3, max_bytes: 65536}
limits: {fetch_timeout: 10s, search_timeout: 8s, parallel: 4, max_pages: 2, max_page_bytes: 262144, max_bytes: 1048576}
sections: {documents: {documents: true}, allergies: {documents: true}}
other_sections: It gives nothing else.
capabilities:
  locate: {supported: true}
  documents: {supported: true}
  contribute: {reason: No.}
  check: {supported: true}
  time_window: {reason: No.}
  changed_since: {reason: No.}
varies_by: [organisation]
endpoints:
  - {purpose: record, network: HSCN}
  - {purpose: repository, network: HSCN}
  - {purpose: pix, network: HSCN}
  - {purpose: xcpd, network: HSCN}
`
}

const (
	byPIX = "profile: xds\npatient: pix\nassigning_authority: 2.999.7.1\nassertion: {audience: 'https://x.example', lifetime: 5m}"
	byXCA = "profile: xca\npatient: xcpd\nassigning_authority: 2.999.8.1\nhome_community: 2.999.8"
)

func TestWhatIsWrongWithAnIHEBlockIsNamed(t *testing.T) {
	for name, c := range map[string]struct{ block, says string }{
		"no profile":                 {strings.Replace(byPIX, "xds", "xdr", 1), "line 10: ihe.profile: want one of xds, xca"},
		"no way to name patients":    {strings.Replace(byPIX, "pix", "name", 1), "line 11: ihe.patient: want one of number, pix, xcpd"},
		"no authority":               {strings.Replace(byPIX, "2.999.7.1", "LPRES", 1), "line 12: ihe.assigning_authority: want an OID"},
		"a leading nought":           {strings.Replace(byPIX, "2.999.7.1", "2.999.07", 1), "ihe.assigning_authority: want an OID"},
		"another than for the NHS":   {strings.Replace(byPIX, "pix", "number", 1), "ihe.assigning_authority: want 2.16.840.1.113883.2.1.4.1"},
		"no community":               {strings.Replace(byXCA, "\nhome_community: 2.999.8", "", 1), "ihe.home_community: is required with xca"},
		"a community that is no OID": {strings.Replace(byXCA, "home_community: 2.999.8", "home_community: urn:oid:2.999.8", 1), "ihe.home_community: want an OID"},
		"no audience":                {strings.Replace(byPIX, "https://x.example", "somebody", 1), "ihe.assertion.audience: want a URI"},
		"too long a life":            {strings.Replace(byPIX, "5m", "61m", 1), "ihe.assertion.lifetime: want more than nothing and at most an hour"},
		"no address of the index":    {byPIX, "endpoints: want one with purpose pix"},
		"no life":                    {strings.Replace(byPIX, ", lifetime: 5m", "", 1), "ihe.assertion.lifetime"},
	} {
		t.Run(name, func(t *testing.T) {
			source := exchanged(c.block)
			if strings.Contains(c.says, "purpose pix") {
				source = strings.Replace(source, "  - {purpose: pix, network: HSCN}\n", "", 1)
			}
			_, err := definition.Parse([]byte(source))
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, want %q", err, c.says)
			}
		})
	}
}

func TestAddressesThatAnExchangeNeeds(t *testing.T) {
	for block, want := range map[string][]string{
		byPIX: {"record", "repository", "pix"},
		byXCA: {"record", "repository", "xcpd"},
		"profile: xds\npatient: number\nassigning_authority: 2.16.840.1.113883.2.1.4.1": {"record", "repository"},
	} {
		if diff := cmp.Diff(want, parse(t, exchanged(block)).IHE.Addresses()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	if (*definition.IHE)(nil).Addresses() != nil {
		t.Error("a region without an exchange needs addresses for one")
	}
}
