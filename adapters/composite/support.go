package composite

import (
	"slices"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// support is whether something is given and, if not, why not.
type support struct {
	given  bool
	reason string
}

// add takes one system's word. What one gives is given; why none does, each says.
func (s *support) add(given bool, reason string) {
	s.given = s.given || given
	s.reason = joined(s.reason, reason)
}

func (s *support) why() string {
	switch {
	case s.given:
		return ""
	case s.reason == "":
		return "none of the region's systems gives it"
	}
	return s.reason
}

// sections are given if a connected system gives them.
func sections(all []about) []*lhcrv1.SectionSupport {
	said := map[lhcrv1.Section]*support{}
	for _, a := range all {
		for _, s := range a.region().GetSections() {
			if said[s.GetSection()] == nil {
				said[s.GetSection()] = &support{}
			}
			a.section(said[s.GetSection()], s)
		}
	}
	var out []*lhcrv1.SectionSupport
	for _, section := range numbers[lhcrv1.Section](lhcrv1.Section_name) {
		if s := said[section]; s != nil {
			out = append(out, &lhcrv1.SectionSupport{Section: section, Supported: s.given, Reason: s.why()})
		}
	}
	return out
}

func (a about) section(into *support, s *lhcrv1.SectionSupport) {
	switch {
	case a.connected:
		into.add(s.GetSupported(), a.label(": ", s.GetReason()))
	case s.GetSupported():
		into.add(false, notConnected(a)+", which gives it")
	default:
		into.add(false, a.label(": ", s.GetReason()))
	}
}

// capabilities are there if a connected system has them; that of finding out ahead of a fetch
// whether the patient is held only if all have it, for else nobody could say "not held".
func capabilities(all []about) []*lhcrv1.CapabilitySupport {
	said := map[lhcrv1.Capability]*support{}
	everybody := true
	for _, a := range all {
		if !a.connected {
			continue
		}
		everybody = everybody && a.can(lhcrv1.Capability_CAPABILITY_LOCATE)
		for _, c := range a.region().GetCapabilities() {
			if said[c.GetCapability()] == nil {
				said[c.GetCapability()] = &support{}
			}
			said[c.GetCapability()].add(c.GetSupported(), a.label(": ", c.GetReason()))
		}
	}
	if locate := said[lhcrv1.Capability_CAPABILITY_LOCATE]; locate != nil {
		locate.given = everybody
	}
	var out []*lhcrv1.CapabilitySupport
	for _, c := range numbers[lhcrv1.Capability](lhcrv1.Capability_name) {
		if s := said[c]; s != nil {
			out = append(out, &lhcrv1.CapabilitySupport{Capability: c, Supported: s.given, Reason: s.why()})
		}
	}
	return out
}

func (a about) can(capability lhcrv1.Capability) bool {
	for _, c := range a.region().GetCapabilities() {
		if c.GetCapability() == capability {
			return c.GetSupported()
		}
	}
	return false
}

// numbers are an enum's values but for the unspecified one, by number.
func numbers[E ~int32](names map[int32]string) []E {
	var out []E
	for n := range names {
		if n != 0 {
			out = append(out, E(n))
		}
	}
	slices.Sort(out)
	return out
}
