package fhirserver

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// query is a search that was understood.
type query struct {
	typ string
	// number is the NHS number that the search names; ref is the patient reference that it names instead.
	number, ref string
	filters     []filter
	includes    []include
	revIncludes []include
	sort        []string
	count       int
	// summary: the count alone is wanted.
	summary bool
	// apart keeps the records of one person apart, unless all that are linked are wanted.
	apart, linked bool
}

type filter struct {
	param  Param
	values []string // alternatives
}

type include struct {
	source  string
	param   Param
	target  string
	iterate bool
}

// parse reads search parameters strictly: what is not known is refused.
func (d Dialect) parse(typ string, form url.Values) (*query, *Refusal) {
	rules, ok := d.Types[typ]
	if !ok {
		return nil, notFound("resource type " + typ + " is not served here")
	}
	q := &query{typ: typ, count: d.DefaultCount, apart: d.Linked != ""}
	if d.Newest {
		q.sort = []string{newest}
	}
	for _, name := range sortedKeys(form) {
		for _, value := range form[name] {
			if refusal := d.parseOne(q, rules, name, value); refusal != nil {
				return nil, refusal
			}
		}
	}
	switch {
	case rules.NeedsPatient && q.number == "" && q.ref == "":
		return nil, badRequest("required", "a search for "+typ+" must name one patient")
	case rules.Needs != "" && form.Get(rules.Needs) == "":
		return nil, badRequest("required", "a search for "+typ+" must give "+rules.Needs)
	default:
		return q, nil
	}
}

func sortedKeys(form url.Values) []string {
	keys := make([]string, 0, len(form))
	for key := range form {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

func (d Dialect) parseOne(q *query, rules TypeRules, name, value string) *Refusal {
	switch name {
	case "_count":
		return d.parseCount(q, value)
	case "_include":
		return d.parseInclude(&q.includes, value, false)
	case "_include:iterate", "_include:recurse":
		return d.parseInclude(&q.includes, value, true)
	case "_revinclude":
		return d.parseInclude(&q.revIncludes, value, false)
	case "_sort":
		return parseSort(q, rules, value)
	case "_format": // read with the Accept header
		return nil
	case "_summary":
		return q.summarise(value)
	case "patient", "subject", "patient.identifier", "subject.identifier", "patient:identifier", "subject:identifier":
		return parsePatient(q, rules, name, value)
	case d.Linked, "patient." + d.Linked:
		return q.link(d, name, value)
	default:
		return parseFilter(q, rules, name, value)
	}
}

func (q *query) summarise(value string) *Refusal {
	q.summary = value == "count"
	if !q.summary {
		return badRequest("not-supported", "_summary is not count: "+value)
	}
	return nil
}

// link reads the parameter that asks for linked records: chained where the search is not for patients themselves.
func (q *query) link(d Dialect, name, value string) *Refusal {
	if d.Linked == "" || (name == d.Linked) != (q.typ == "Patient") {
		return unknownParameter(name)
	}
	if value != "true" && value != "false" {
		return badRequest("value", name+" is not true or false: "+value)
	}
	q.linked = value == "true"
	return nil
}

func (d Dialect) parseCount(q *query, value string) *Refusal {
	n, err := strconv.Atoi(value)
	if err != nil || n < 0 {
		return badRequest("value", "_count is not a number: "+value)
	}
	q.count = min(n, d.MaxCount)
	return nil
}

// parseInclude reads Type:param or Type:param:TargetType.
func (d Dialect) parseInclude(into *[]include, value string, iterate bool) *Refusal {
	parts := strings.Split(value, ":")
	if len(parts) < 2 || len(parts) > 3 {
		return badRequest("value", "include is not Type:parameter: "+value)
	}
	param, ok := d.Types[parts[0]].Params[parts[1]]
	if !ok || param.Kind != Reference {
		return badRequest("not-supported", "include is not known: "+value)
	}
	in := include{source: parts[0], param: param, iterate: iterate}
	if len(parts) == 3 {
		in.target = parts[2]
	}
	*into = append(*into, in)
	return nil
}

func parseSort(q *query, rules TypeRules, value string) *Refusal {
	q.sort = nil
	for _, name := range strings.Split(value, ",") {
		if _, ok := rules.Params[strings.TrimPrefix(name, "-")]; !ok {
			return badRequest("not-supported", "cannot sort by "+name)
		}
		q.sort = append(q.sort, name)
	}
	return nil
}

func parsePatient(q *query, rules TypeRules, name, value string) *Refusal {
	base, _, byIdentifier := strings.Cut(strings.ReplaceAll(name, ":", "."), ".")
	if _, ok := rules.Params[base]; !ok {
		return unknownParameter(name)
	}
	if byIdentifier {
		return q.nameNumber(value)
	}
	return q.nameReference(value)
}

func (q *query) nameReference(value string) *Refusal {
	if !strings.Contains(value, "/") {
		value = "Patient/" + value
	}
	if q.ref != "" && q.ref != value {
		return badRequest("multiple-matches", "a search names one patient")
	}
	q.ref = value
	return nil
}

// nameNumber takes "system|number" and echoes a wrong value, as many real servers do.
func (q *query) nameNumber(value string) *Refusal {
	system, number, found := strings.Cut(value, "|")
	if !found || system != NHSNumberSystem {
		return badRequest("value", "identifier needs the NHS number system: "+value)
	}
	if !validNHSNumber(number) {
		return badRequest("value", "NHS number "+number+" is not valid")
	}
	if q.number != "" && q.number != number {
		return badRequest("multiple-matches", "a search names one patient, not "+q.number+" and "+number)
	}
	q.number = number
	return nil
}

func parseFilter(q *query, rules TypeRules, name, value string) *Refusal {
	param, ok := rules.Params[name]
	if !ok {
		return unknownParameter(name)
	}
	if q.typ == "Patient" && name == "identifier" {
		return q.nameNumber(value)
	}
	if q.typ == "Patient" && name == "_id" {
		return q.nameReference("Patient/" + value)
	}
	alternatives := strings.Split(value, ",")
	if param.Kind == Date && !slices.ContainsFunc(alternatives, isDateFilter) {
		return badRequest("value", name+" is not a date: "+value)
	}
	q.filters = append(q.filters, filter{param, alternatives})
	return nil
}

// validNHSNumber checks ten digits and the modulus-11 check digit.
func validNHSNumber(number string) bool {
	if len(number) != 10 || strings.Trim(number, "0123456789") != "" {
		return false
	}
	sum := 0
	for i := range 9 {
		sum += int(number[i]-'0') * (10 - i)
	}
	check := (11 - sum%11) % 11
	return check == int(number[9]-'0')
}
