package model

import "strings"

// Bundle is a frame around resources: an answer, a document, a message.
type Bundle struct {
	Head
	Type      string        `fhir:"type"`
	Timestamp When          `fhir:"timestamp"`
	Total     Number        `fhir:"total"`
	Link      []BundleLink  `fhir:"link"`
	Entry     []BundleEntry `fhir:"entry"`
}

// NextPage is the address of the next page as sent, empty on the last one. It
// may carry identifiers: never log it.
func (b *Bundle) NextPage() string {
	return b.link("next")
}

// OwnPage is the address of this page as sent; the same holds of it.
func (b *Bundle) OwnPage() string { return b.link("self") }

func (b *Bundle) link(relation string) string {
	for i := range b.Link {
		if strings.EqualFold(strings.TrimSpace(b.Link[i].Relation), relation) {
			return b.Link[i].URL
		}
	}
	return ""
}

// BundleLink is a link of a bundle.
type BundleLink struct {
	Relation string `fhir:"relation"`
	URL      string `fhir:"url"`
}

// BundleEntry is one resource of a bundle.
type BundleEntry struct {
	FullURL  string         `fhir:"fullUrl"`
	Resource Contained      `fhir:"resource"`
	Search   *EntrySearch   `fhir:"search"`
	Request  *EntryRequest  `fhir:"request"`
	Response *EntryResponse `fhir:"response"`
}

// EntrySearch says why a search answered with the entry: match, include or
// outcome.
type EntrySearch struct {
	Mode string `fhir:"mode"`
}

// EntryRequest is what was asked or done: in a history, what became of the resource
// (DELETE).
type EntryRequest struct {
	Method string `fhir:"method"`
}

// EntryResponse is the result of one part of a batch.
type EntryResponse struct {
	Status  string    `fhir:"status"`
	Outcome Contained `fhir:"outcome"`
}

// Parameters is a frame around the values of an operation.
type Parameters struct {
	Head
	Parameter []Parameter `fhir:"parameter"`
}

// Parameter is a value, a resource or a group of parameters.
type Parameter struct {
	Name     string      `fhir:"name"`
	Value    Value       `fhir:"value[x]"`
	Resource Contained   `fhir:"resource"`
	Part     []Parameter `fhir:"part"`
}
