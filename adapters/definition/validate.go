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
	regionID     = regexp.MustCompile(`^[a-z][a-z0-9-]{1,62}$`)
	resourceType = regexp.MustCompile(`^[A-Z][A-Za-z]{1,63}$`)
	parameter    = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_:.-]*=[^&=\s]+$`)
	include      = regexp.MustCompile(`^[A-Z][A-Za-z]+:[a-z-]+(:[A-Z][A-Za-z]+)?$`)
	headerName   = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{0,63}$`)
	boardCode    = regexp.MustCompile(`^Q[A-Z0-9]{2}$`)
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
	d.checkClaims(c)
	d.checkSections(c)
	d.checkCapabilities(c)
	d.FHIR.check(c, d.Sections)
	d.Token.check(c)
	d.Headers.check(c)
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
	for i, code := range d.IntegratedCareBoards {
		c.must(boardCode.MatchString(code), fmt.Sprintf("integrated_care_boards/%d", i+1), "want the ODS code of an integrated care board")
	}
}

func (d *Definition) checkClaims(c *checks) {
	c.must(len(d.Claims) > 0, "claims", "want at least one")
	for i, claim := range d.Claims {
		at := fmt.Sprintf("claims/%d", i+1)
		c.must(claim.Subject != "", at+"/subject", "is required")
		c.must(claim.Statement != "", at+"/statement", "is required")
		c.oneOf(claim.Certainty, at+"/certainty", ordered(certainties())...)
		c.must(claim.Source != "" || claim.Certainty == "assumed", at+"/source", "is required unless assumed")
	}
}

func (d *Definition) checkSections(c *checks) {
	known := sections()
	for _, name := range ordered(known) {
		section, ok := d.Sections[name]
		c.must(ok, "sections/"+name, "is missing: give its searches or say why it is not supported")
		c.must(!ok || (len(section.Searches) > 0) != (section.NotSupported != ""), "sections/"+name, "want either searches or not_supported")
		c.must(len(section.Searches) == 0 || d.FHIR != nil, "sections/"+name, "names searches, and there is no fhir")
	}
	for _, name := range slices.Sorted(maps.Keys(d.Sections)) {
		_, ok := known[name]
		c.must(ok, "sections/"+name, "is no section of the contract")
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

func (f *FHIR) check(c *checks, sections map[string]Section) {
	if f == nil {
		return
	}
	c.oneOf(f.Version, "fhir/version", "R4", "STU3")
	c.oneOf(f.Courses, "fhir/courses", "r4", "gp-connect", "interweave", "graphnet")
	c.oneOf(f.Method, "fhir/method", "post", "get")
	c.oneOf(f.Patient, "fhir/patient", "reference", "identifier")
	c.must(f.PageSize >= 1 && f.PageSize <= 1000, "fhir/page_size", "want 1 to 1000")
	for _, name := range slices.Sorted(maps.Keys(f.Searches)) {
		f.Searches[name].check(c, "fhir/searches/"+name)
	}
	f.checkUse(c, sections)
}

// checkUse sees that sections name only searches that there are, and that each is named.
func (f *FHIR) checkUse(c *checks, sections map[string]Section) {
	used := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(sections)) {
		for i, search := range sections[name].Searches {
			_, ok := f.Searches[search]
			c.must(ok, fmt.Sprintf("sections/%s/searches/%d", name, i+1), "is no search of fhir.searches")
			used[search] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f.Searches)) {
		c.must(used[name], "fhir/searches/"+name, "is used by no section")
	}
}

func (s Search) check(c *checks, at string) {
	c.must(resourceType.MatchString(s.Type), at+"/type", "want a FHIR resource type")
	for i, value := range s.Include {
		c.must(include.MatchString(value), fmt.Sprintf("%s/include/%d", at, i+1), "want Type:parameter")
	}
	for i, value := range s.IncludeIterate {
		c.must(include.MatchString(value), fmt.Sprintf("%s/include_iterate/%d", at, i+1), "want Type:parameter")
	}
	for i, value := range s.Parameters {
		c.must(parameter.MatchString(value), fmt.Sprintf("%s/parameters/%d", at, i+1), "want name=value")
	}
}

func (t Token) check(c *checks) {
	c.oneOf(t.Flow, "token/flow", "client-credentials", "interweave", "none")
	c.must(t.ClientAuth == "" || slices.Contains([]string{"basic", "body", "none"}, t.ClientAuth), "token/client_auth", "want one of basic, body, none")
	c.must(t.AssertionLifetime >= 0 && t.AssertionLifetime <= time.Hour, "token/assertion_lifetime", "want at most an hour")
	c.must(t.Timeout >= 0 && t.Timeout <= time.Minute, "token/timeout", "want at most a minute")
}

func (h Headers) check(c *checks) {
	for key, name := range map[string]string{
		"organisation": h.Organisation, "person": h.Person, "role": h.Role, "request_id": h.RequestID, "purpose": h.Purpose,
	} {
		c.must(name == "" || headerName.MatchString(name), "headers/"+key, "want the name of an HTTP header")
	}
	c.must((h.Purpose != "") == (h.DirectCare != ""), "headers/direct_care", "goes with purpose: want both or neither")
}

func (l Limits) check(c *checks) {
	c.must(l.FetchTimeout > 0 && l.FetchTimeout <= time.Minute, "limits/fetch_timeout", "want more than nothing and at most a minute")
	c.must(l.SearchTimeout > 0 && l.SearchTimeout <= l.FetchTimeout, "limits/search_timeout", "want more than nothing and at most fetch_timeout")
	c.must(l.Parallel >= 1 && l.Parallel <= 32, "limits/parallel", "want 1 to 32")
	c.must(l.MaxPages >= 1 && l.MaxPages <= 1000, "limits/max_pages", "want 1 to 1000")
	c.must(l.MaxPageBytes >= 1<<10 && l.MaxPageBytes <= l.MaxBytes, "limits/max_page_bytes", "want 1 KiB to max_bytes")
	c.must(l.MaxBytes >= 1<<10 && l.MaxBytes <= 256<<20, "limits/max_bytes", "want 1 KiB to 256 MiB")
}

func (d *Definition) checkEndpoints(c *checks) {
	has := map[string]bool{}
	for i, e := range d.Endpoints {
		at := fmt.Sprintf("endpoints/%d", i+1)
		c.oneOf(e.Purpose, at+"/purpose", PurposeRecord, PurposeToken)
		c.must(e.Network != "", at+"/network", "is required")
		has[e.Purpose] = true
	}
	c.must(has[PurposeRecord], "endpoints", "want one with purpose record")
	c.must(has[PurposeToken] == (d.Token.Flow != "none"), "endpoints", "want one with purpose token exactly when there is a token flow")
}
