package xds

import (
	"regexp"
	"slices"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/sandbox/documents"
)

const (
	prefix     = "$XDSDocumentEntry"
	patientID  = prefix + "PatientId"
	statusType = "urn:oasis:names:tc:ebxml-regrep:StatusType:"
	stableType = "urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1"
)

// findDocuments answers FindDocuments (ITI TF-2, 3.18.4.1.2.3.7.1).
func (r *request) findDocuments() ([]filed, string, *registryError) {
	folder, wrong := r.patient()
	if wrong != nil {
		return nil, "", wrong
	}
	if len(r.params.all(prefix+"Status")) == 0 {
		return nil, "", &registryError{"XDSStoredQueryMissingParam", prefix + "Status is missing"}
	}
	if name := r.params.unknown(findParameters()); name != "" {
		return nil, "", &registryError{"XDSRegistryError", "the parameter " + name + " is not known"}
	}
	var found []filed
	for _, f := range listed(folder) {
		if r.passes(f) {
			found = append(found, f)
		}
	}
	return found, numberOf(folder), nil
}

func findParameters() []string {
	names := []string{patientID, "$homeCommunityId"}
	for _, name := range []string{
		"Status", "Type", "ClassCode", "TypeCode", "FormatCode", "ConfidentialityCode", "CreationTimeFrom", "CreationTimeTo",
		"ServiceStartTimeFrom", "ServiceStartTimeTo", "ServiceStopTimeFrom", "ServiceStopTimeTo",
	} {
		names = append(names, prefix+name)
	}
	return names
}

var identifier = regexp.MustCompile(`^([^^&]+)\^\^\^&([0-9.]+)&ISO$`)

// patient finds the patient whom the query names, in the form id^^^&authority&ISO.
func (r *request) patient() (*documents.Folder, *registryError) {
	id := r.params.one(patientID)
	if id == "" {
		return nil, &registryError{"XDSStoredQueryMissingParam", patientID + " is missing"}
	}
	match := identifier.FindStringSubmatch(id)
	if match == nil {
		return nil, &registryError{"XDSRegistryError", patientID + " is no id with its authority: " + id}
	}
	folder := r.people.find(match[2], match[1])
	if folder == nil {
		return nil, &registryError{"XDSUnknownPatientId", "the registry does not know the patient " + id}
	}
	return folder, nil
}

// passes tells whether an entry meets every parameter.
func (r *request) passes(f filed) bool {
	d := f.document
	coded := map[string]string{
		"Status": statusType + d.Status, "Type": stableType, "ClassCode": coding(d.Class), "TypeCode": coding(d.Type),
		"FormatCode": coding(d.Format), "ConfidentialityCode": coding(confidentiality(d)),
	}
	for name, value := range coded {
		for _, alternatives := range r.params[prefix+name] {
			if !slices.Contains(alternatives, value) {
				return false
			}
		}
	}
	return r.within("CreationTime", d.Created) && r.within("ServiceStartTime", d.From) && r.within("ServiceStopTime", d.Until)
}

// within compares times as text, which orders DTMs in UTC rightly. What has no time meets no bound on it.
func (r *request) within(name, value string) bool {
	from, to := r.params.one(prefix+name+"From"), r.params.one(prefix+name+"To")
	return (from == "" || value >= from) && (to == "" || value != "" && value < to)
}

// coding is a code as queries name it: code^^scheme.
func coding(c documents.Code) string { return c.Code + "^^" + c.System }

// getDocuments answers GetDocuments (ITI TF-2, 3.18.4.1.2.3.7.5), which names no patient.
func (r *request) getDocuments() ([]filed, string, *registryError) {
	unique, entries := r.params.all(prefix+"UniqueId"), r.params.all(prefix+"EntryUUID")
	if (len(unique) == 0) == (len(entries) == 0) {
		return nil, "", &registryError{"XDSStoredQueryParamNumber", "either unique ids or entry UUIDs must be given"}
	}
	if r.HomeCommunity != "" && r.query.SelectAttrValue("home", "") == "" {
		return nil, "", &registryError{"XDSMissingHomeCommunityId", "a query that names no patient must name the community"}
	}
	var found []filed
	for _, id := range unique {
		found = append(found, taken(r.people.byUnique, id)...)
	}
	for _, id := range entries {
		found = append(found, taken(r.people.byEntry, strings.ToLower(id))...)
	}
	if len(found) == 0 {
		return nil, "", nil
	}
	return found, numberOf(found[0].folder), nil
}

func taken(from map[string]filed, id string) []filed {
	if f, ok := from[id]; ok {
		return []filed{f}
	}
	return nil
}
