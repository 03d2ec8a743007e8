package xds

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters/ihe/soap"
)

// Query is a stored query for document entries.
type Query struct {
	// Patient is whose approved documents are found. Without one, Entries are got.
	Patient ID
	// Entries are the ids of the entries that are got.
	Entries []string
	// Home is the OID of the community that is asked. Empty within one affinity domain.
	Home string
	// OnDemand finds documents too that are made when they are fetched.
	OnDemand bool
	// References asks for the ids of entries only.
	References bool
}

// Body is the query as XML (query:AdhocQueryRequest).
func (q Query) Body() []byte {
	id, returns := queryFindDocuments, returnLeafClass
	if q.Patient.Value == "" {
		id = queryGetDocuments
	}
	if q.References {
		returns = returnObjectRef
	}
	var b strings.Builder
	b.WriteString(`<q:AdhocQueryRequest xmlns:q="` + querySpace + `" xmlns="` + rimSpace + `">` +
		`<q:ResponseOption returnComposedObjects="true" returnType="` + returns + `"/><AdhocQuery id="` + id + `"`)
	if q.Home != "" {
		b.WriteString(` home="` + soap.Escape(Home(q.Home)) + `"`)
	}
	b.WriteString(">")
	q.slots(&b)
	b.WriteString(`</AdhocQuery></q:AdhocQueryRequest>`)
	return []byte(b.String())
}

func (q Query) slots(b *strings.Builder) {
	if q.Patient.Value == "" {
		slot(b, "$XDSDocumentEntryEntryUUID", listed(q.Entries)...)
		return
	}
	slot(b, "$XDSDocumentEntryPatientId", quoted(q.Patient.String()))
	slot(b, "$XDSDocumentEntryStatus", listed([]string{statusApproved})...)
	if q.OnDemand {
		slot(b, "$XDSDocumentEntryType", listed([]string{typeStable, typeOnDemand})...)
	}
}

func slot(b *strings.Builder, name string, values ...string) {
	b.WriteString(`<Slot name="` + name + `"><ValueList>`)
	for _, v := range values {
		b.WriteString(`<Value>` + soap.Escape(v) + `</Value>`)
	}
	b.WriteString(`</ValueList></Slot>`)
}

// quoted is a string of a stored query (ITI-18, coding of query parameters).
func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// listed are values of which each may match: a list each, for a slot's value holds 256
// characters at most.
func listed(values []string) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = "(" + quoted(v) + ")"
	}
	return out
}

// Home is a community's id as the messages write it.
func Home(oid string) string { return "urn:oid:" + strings.TrimPrefix(oid, "urn:oid:") }

// Key names one document: where it is held and what it is.
type Key struct {
	// Home is the community's id, as sent. Empty within one affinity domain.
	Home string
	// Repository and Document are the unique ids of both.
	Repository, Document string
}

// Retrieve is a request for documents, as XML (RetrieveDocumentSetRequest).
func Retrieve(keys []Key) []byte {
	var b strings.Builder
	b.WriteString(`<RetrieveDocumentSetRequest xmlns="` + xdsSpace + `">`)
	for _, k := range keys {
		b.WriteString(`<DocumentRequest>`)
		if k.Home != "" {
			element(&b, "HomeCommunityId", k.Home)
		}
		element(&b, "RepositoryUniqueId", k.Repository)
		element(&b, "DocumentUniqueId", k.Document)
		b.WriteString(`</DocumentRequest>`)
	}
	b.WriteString(`</RetrieveDocumentSetRequest>`)
	return []byte(b.String())
}

func element(b *strings.Builder, name, text string) {
	b.WriteString("<" + name + ">" + soap.Escape(text) + "</" + name + ">")
}
