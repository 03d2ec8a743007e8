package definition

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

var (
	regionID   = regexp.MustCompile(`^[a-z][a-z0-9-]{1,62}$`)
	plainName  = regexp.MustCompile(`^[a-z][a-z0-9-]{0,62}$`)
	headerName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{0,63}$`)
	boardCode  = regexp.MustCompile(`^Q[A-Z0-9]{2}$`)
)

// checks gathers what is wrong.
type checks struct{ found []problem }

// must notes a problem at a path of keys, which are joined by slashes.
func (c *checks) must(ok bool, path, says string) {
	if !ok {
		c.found = append(c.found, problem{path: strings.Split(path, "/"), says: says})
	}
}

func (c *checks) oneOf(word, path string, of ...string) {
	c.must(slices.Contains(of, word), path, "want one of "+strings.Join(of, ", "))
}

func (d *Definition) problems() []problem {
	c := &checks{}
	d.checkWords(c)
	checkClaims(c, d.Claims)
	checkBoards(c, d.IntegratedCareBoards)
	d.checkSections(c)
	d.checkDocuments(c)
	d.checkCapabilities(c)
	d.FHIR.check(c, d)
	d.IHE.check(c)
	d.IHE.checkEndpoints(c, d.Purposes())
	d.Token.check(c)
	d.Headers.check(c)
	d.Consent.check(c)
	d.Limits.check(c)
	d.checkEndpoints(c)
	return c.found
}

func (d *Definition) checkWords(c *checks) {
	c.must(regionID.MatchString(d.ID), "id", "want lower-case letters, digits and hyphens")
	c.must(d.Name != "", "name", "is required")
	c.must(d.Description != "", "description", "is required")
	c.must(d.Platform != "", "platform", "is required")
	c.must(d.Protocol != "", "protocol", "is required")
	c.must(len(d.VariesBy) > 0, "varies_by", "want at least one of "+strings.Join(ordered(variesBy()), ", "))
	for i, word := range d.VariesBy {
		c.oneOf(word, fmt.Sprintf("varies_by/%d", i+1), ordered(variesBy())...)
	}
}

func checkBoards(c *checks, boards []string) {
	for i, code := range boards {
		c.must(boardCode.MatchString(code), fmt.Sprintf("integrated_care_boards/%d", i+1), "want the ODS code of an integrated care board")
	}
}

func checkClaims(c *checks, claims []Claim) {
	c.must(len(claims) > 0, "claims", "want at least one")
	for i, claim := range claims {
		at := fmt.Sprintf("claims/%d", i+1)
		c.must(claim.Subject != "", at+"/subject", "is required")
		c.must(claim.Statement != "", at+"/statement", "is required")
		c.oneOf(claim.Certainty, at+"/certainty", ordered(certainties())...)
		c.must(claim.Source != "" || claim.Certainty == "assumed", at+"/source", "is required unless assumed")
	}
}

func (d *Definition) checkCapabilities(c *checks) {
	known := capabilities()
	for _, name := range ordered(known) {
		capability, ok := d.Capabilities[name]
		c.must(ok, "capabilities/"+name, "is missing: say supported, or the reason why not")
		c.must(!ok || capability.Supported != (capability.Reason != ""), "capabilities/"+name, "want either supported or a reason")
	}
	for _, name := range slices.Sorted(maps.Keys(d.Capabilities)) {
		_, ok := known[name]
		c.must(ok, "capabilities/"+name, "is no capability of the contract")
	}
}

func (t Token) check(c *checks) {
	c.oneOf(t.Flow, "token/flow", "client-credentials", "password", "smart-backend", "interweave", "none")
	c.must(t.ClientAuth == "" || slices.Contains([]string{"basic", "body", "none"}, t.ClientAuth), "token/client_auth", "want one of basic, body, none")
	c.must(t.AssertionLifetime >= 0 && t.AssertionLifetime <= time.Hour, "token/assertion_lifetime", "want at most an hour")
	c.must(t.Timeout >= 0 && t.Timeout <= time.Minute, "token/timeout", "want at most a minute")
	if t.Flow != "smart-backend" {
		c.must(t.AssertionAlgorithm == "", "token/assertion_algorithm", "goes with the flow smart-backend only")
		return
	}
	c.must(t.ClientAuth == "", "token/client_auth", "is the assertion with the flow smart-backend: leave it out")
	c.must(t.AssertionLifetime <= 5*time.Minute, "token/assertion_lifetime", "want at most five minutes with the flow smart-backend")
	if t.AssertionAlgorithm != "" {
		c.oneOf(t.AssertionAlgorithm, "token/assertion_algorithm", "RS384", "RS512", "ES384")
	}
}

func (l Limits) check(c *checks) {
	c.must(l.FetchTimeout > 0 && l.FetchTimeout <= time.Minute, "limits/fetch_timeout", "want more than nothing and at most a minute")
	c.must(l.SearchTimeout > 0 && l.SearchTimeout <= l.FetchTimeout, "limits/search_timeout", "want more than nothing and at most fetch_timeout")
	c.must(l.Parallel >= 1 && l.Parallel <= 32, "limits/parallel", "want 1 to 32")
	c.must(l.MaxPages >= 1 && l.MaxPages <= 1000, "limits/max_pages", "want 1 to 1000")
	c.must(l.MaxPageBytes >= 1<<10 && l.MaxPageBytes <= l.MaxBytes, "limits/max_page_bytes", "want 1 KiB to max_bytes")
	c.must(l.MaxBytes >= 1<<10 && l.MaxBytes <= 256<<20, "limits/max_bytes", "want 1 KiB to 256 MiB")
	c.must(l.PerSecond >= 0 && l.PerSecond <= 1000, "limits/per_second", "want 1 to 1000, or leave it out")
}

func (d *Definition) checkEndpoints(c *checks) {
	has := map[string]bool{}
	for i, e := range d.Endpoints {
		at := fmt.Sprintf("endpoints/%d", i+1)
		c.must(plainName.MatchString(e.Purpose), at+"/purpose", "want record, token or the name of a further address: lower-case letters, digits and hyphens")
		c.must(!has[e.Purpose], at+"/purpose", "is there twice")
		c.must(e.Network != "", at+"/network", "is required")
		has[e.Purpose] = true
	}
	c.must(has[PurposeRecord], "endpoints", "want one with purpose record")
	c.must(has[PurposeToken] == (d.Token.Flow != "none"), "endpoints", "want one with purpose token exactly when there is a token flow")
}
