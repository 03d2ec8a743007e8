package fhirserver

// Dialect is what differs between servers that speak FHIR.
type Dialect struct {
	// FHIRVersion as the CapabilityStatement tells it.
	FHIRVersion string
	// DefaultCount is the page size when none is asked for, MaxCount the largest that is given.
	DefaultCount, MaxCount int
	// FiveLinks: a paged answer carries first, next, self, previous and last on every page,
	// also on the last one, where next leads to the page itself.
	FiveLinks bool
	// XML: FHIR XML is served beside JSON. OnlyXML: instead of it.
	XML, OnlyXML bool
	// Linked is the parameter that asks for linked and merged records too. With one, the records of one person are
	// kept apart: a search by number finds only those that carry it.
	Linked string
	// Newest: an answer is in order of date, the newest first, unless an order is asked for.
	Newest bool
	// Types that can be searched.
	Types map[string]TypeRules
}

// TypeRules say how one resource type is searched.
type TypeRules struct {
	// NeedsPatient: a search must name one patient.
	NeedsPatient bool
	// Needs names a parameter that a search must give. Empty: none.
	Needs  string
	Params map[string]Param
}

// ParamKind is the FHIR search parameter type.
type ParamKind int

// The kinds that are understood.
const (
	Token ParamKind = iota + 1
	Date
	Reference
)

// Param is one search parameter: where in the resource its values are.
type Param struct {
	Kind  ParamKind
	Paths []string
}

func token(paths ...string) Param { return Param{Token, paths} }
func date(paths ...string) Param  { return Param{Date, paths} }
func ref(paths ...string) Param   { return Param{Reference, paths} }

type params = map[string]Param

// clinical makes the rules of a type that belongs to a patient, who is found at the given element.
func clinical(subject string, own params) TypeRules {
	all := params{"patient": ref(subject), "identifier": token("identifier"), "status": token("status")}
	if subject == "subject" {
		all["subject"] = ref(subject)
	}
	return TypeRules{NeedsPatient: true, Params: withCommon(all, own)}
}

// supporting makes the rules of a type that belongs to nobody in particular.
func supporting(own params) TypeRules {
	return TypeRules{Params: withCommon(params{"identifier": token("identifier")}, own)}
}

func withCommon(sets ...params) params {
	all := params{
		"_id":          token("id"),
		"_lastUpdated": date("meta.lastUpdated"),
		"_tag":         token("meta.tag"),
		"_security":    token("meta.security"),
	}
	for _, set := range sets {
		for name, param := range set {
			all[name] = param
		}
	}
	return all
}
