package composite

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"

	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// about is what one system says of itself.
type about struct {
	name      string
	connected bool
	said      *adapterv1.DescribeResponse
}

func (a about) region() *lhcrv1.Region { return a.said.GetRegion() }

// label puts a further system's name in front.
func (a about) label(separator, words string) string {
	if a.name == "" || words == "" {
		return words
	}
	return a.name + separator + words
}

// merged is what the systems say together: the main one's name, text and place, everybody's
// sections, capabilities, claims, notes and addresses.
func merged(all []about) *adapterv1.DescribeResponse {
	main := proto.CloneOf(all[0].said)
	r := main.GetRegion()
	r.Claims, r.Notes = claims(all), notes(all)
	r.Platform, r.Protocol = words(all, (*lhcrv1.Region).GetPlatform), words(all, (*lhcrv1.Region).GetProtocol)
	r.SourceLag = words(all, (*lhcrv1.Region).GetSourceLag)
	r.Certainty, r.VariesBy = leastSure(all), variesBy(all)
	r.Sections, r.Capabilities = sections(all), capabilities(all)
	r.PharmaceuticalCommittees = union(all, (*lhcrv1.Region).GetPharmaceuticalCommittees)
	r.IntegratedCareBoards = union(all, (*lhcrv1.Region).GetIntegratedCareBoards)
	for _, a := range all {
		r.ConsentPerPeriodOfCare = r.GetConsentPerPeriodOfCare() || a.region().GetConsentPerPeriodOfCare()
		if a.connected && a.said.GetFetchTimeout().AsDuration() > main.GetFetchTimeout().AsDuration() {
			main.FetchTimeout = proto.CloneOf(a.said.GetFetchTimeout())
		}
	}
	main.Endpoints = endpoints(all)
	main.ReaderVersion, main.Configuration = versions(all), digest(all)
	return main
}

func claims(all []about) []*lhcrv1.RegionClaim {
	var out []*lhcrv1.RegionClaim
	for _, a := range all {
		for _, c := range a.region().GetClaims() {
			c = proto.CloneOf(c)
			c.Subject = a.label(": ", c.GetSubject())
			out = append(out, c)
		}
	}
	return out
}

// notes are those of all systems. Of one that the deployment is not connected to it is said
// which sections come without what it holds.
func notes(all []about) []string {
	var out []string
	for _, a := range all {
		if a.connected {
			for _, note := range a.region().GetNotes() {
				out = append(out, a.label(": ", note))
			}
			continue
		}
		if missing := shared(all, a); len(missing) > 0 {
			out = append(out, notConnected(a)+": without what it holds come "+strings.Join(missing, ", "))
		}
	}
	return out
}

func notConnected(a about) string {
	return "this deployment is not connected to the region's system " + a.name
}

// shared are the sections of a system that another, connected one gives too.
func shared(all []about, absent about) []string {
	var out []string
	for _, s := range absent.region().GetSections() {
		if s.GetSupported() && slices.ContainsFunc(all, func(a about) bool { return a.connected && a.gives(s.GetSection()) }) {
			name := strings.TrimPrefix(s.GetSection().String(), "SECTION_")
			out = append(out, strings.ToLower(strings.ReplaceAll(name, "_", " ")))
		}
	}
	return out
}

func (a about) gives(section lhcrv1.Section) bool {
	return slices.ContainsFunc(a.region().GetSections(), func(s *lhcrv1.SectionSupport) bool {
		return s.GetSection() == section && s.GetSupported()
	})
}

// words are what the systems say of one thing, each wording once.
func words(all []about, of func(*lhcrv1.Region) string) string {
	out := ""
	for _, a := range all {
		if said := of(a.region()); !strings.Contains("; "+out+"; ", "; "+said+"; ") {
			out = joined(out, said)
		}
	}
	return out
}

func union(all []about, of func(*lhcrv1.Region) []string) []string {
	var out []string
	for _, a := range all {
		for _, said := range of(a.region()) {
			if !slices.Contains(out, said) {
				out = append(out, said)
			}
		}
	}
	return out
}

func leastSure(all []about) lhcrv1.Certainty {
	out := lhcrv1.Certainty_CERTAINTY_UNSPECIFIED
	for _, a := range all {
		out = max(out, a.region().GetCertainty())
	}
	return out
}

// variesBy is the union. A system that says nothing varies by all that it is told, and so then
// does the region.
func variesBy(all []about) []lhcrv1.VariesBy {
	var out []lhcrv1.VariesBy
	for _, a := range all {
		if len(a.region().GetVariesBy()) == 0 {
			return nil
		}
		out = append(out, a.region().GetVariesBy()...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// endpoints are the addresses of the systems that are connected. A further system's purposes
// carry its name, for equal purposes replace each other in a list of addresses.
func endpoints(all []about) []*lhcrv1.NetworkEndpoint {
	var out []*lhcrv1.NetworkEndpoint
	for _, a := range all {
		if !a.connected {
			continue
		}
		for _, e := range a.said.GetEndpoints() {
			e = proto.CloneOf(e)
			e.Purpose = a.label("-", e.GetPurpose())
			out = append(out, e)
		}
	}
	return out
}

// versions are those of all readers: each is stated, for any of them may change.
func versions(all []about) string {
	var out []string
	for _, a := range all {
		if a.connected {
			out = append(out, a.label(":", cmp.Or(a.said.GetReaderVersion(), "0")))
		}
	}
	return strings.Join(out, "+")
}

// digest changes with what any system goes by, and with which of them are connected.
func digest(all []about) string {
	var parts []string
	for _, a := range all {
		if a.connected {
			parts = append(parts, a.name, a.said.GetConfiguration())
		}
	}
	told, _ := json.Marshal(parts) // strings never fail to be written
	sum := sha256.Sum256(told)
	return hex.EncodeToString(sum[:16])
}
