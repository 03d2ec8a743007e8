// Package fhir reads what a regional system answers in FHIR, STU3 (Care
// Connect, GP Connect) and R4 (UK Core) alike, into the contract.
//
// It is lenient: it takes what it can, reports what it could not (type, count,
// reason, never a value), and refuses a payload whole only when it is not JSON.
// Each resource that came counts exactly once: as an item or part of one, as
// supporting, or as reported.
//
// # The rooms
//
//	model     one Go struct for each resource type, both versions' elements in
//	          one, lenient leaf types (When, Number, Bool, Concept, Reference)
//	decode    payload → model, by plans compiled from the structs' tags; JSON
//	          here, another format walks the same plans
//	answer    model → one Answer: resources indexed, references resolved, lists,
//	          identity, failures inside a success, the account
//	contract  model's data types → the contract's messages
//	xhtml     narratives → text and sanitised markup, safely
//
// and this package, which maps an Answer to the contract's record.
//
// # For the author of a mapper
//
// A mapper goes over the resources of its types, checks the subject, maps, and
// says what became of each:
//
//	for e, r := range answer.Each[model.AllergyIntolerance](a) {
//		switch a.Subject(e) {
//		case answer.Mismatch: // never delivered: a gap with a count
//			e.Report(answer.ReasonOtherPerson)
//			continue
//		case answer.Unresolved: // delivered, flagged
//		}
//		...
//		e.Item()
//	}
//
// Both versions fill one struct. Elements that changed name share a field
// (`recordedDate|assertedDate` is Recorded). Elements that changed shape have
// both fields side by side and the comment says which version fills which
// (Observation.Comment and Note, Immunization.Date and Occurrence). A status
// that is a code in STU3 and a CodeableConcept in R4 is a *Concept whose
// Code() is the code either way. ProcedureRequest and ReferralRequest of STU3
// are a ServiceRequest: the entry's Type tells them apart.
//
// Choice elements (`value[x]`) are a model.Value: Kind names the type
// ("Quantity"); model.Of[model.Quantity](v), v.Concept(), v.Text(), v.When(),
// v.Bool() give it, and nil or zero for another type.
//
// What FHIR JSON puts beside a primitive under its name with an underscore
// (`_birthDate`, `_valueString`) is read as far as it says something: why a value is
// absent is e.Absent and Value.AbsentReason, other extensions are e.Unplaced. A
// modifier that nobody understands, at whatever depth, is e.Modifiers: begin flags
// the item, and no assertion rests on it.
//
// Absent is zero: nil pointers, empty strings, Unset booleans. The methods of
// pointers accept nil. Dates, numbers and codes are text as sent; When.Parse
// gives the precision. Strings alias the payload, so keeping one keeps the
// payload alive; they are valid UTF-8.
//
// Extensions are found by a part of their address, because publishers move
// them between addresses: model.FindExtension(r.Extension, "PrescriptionType"),
// then x.Value or x.Part("statusReason").
//
// References: a.Follow(e, ref) gives the entry or nil; a.Resolve says why not
// (Empty, Dangling, Ambiguous); answer.As[model.Medication](entry) gives its
// struct. A reference is always followed from the entry that makes it, because
// "#1" means the container's, and two patients of one answer may share every
// id. GP Connect plans and orders can share an id too: a.Candidates(e, ref)
// gives all, choose by Intent. A performer or requester is a model.Agent: Who()
// gives the reference whether the version wraps it or not.
//
// Contained resources are entries like others, with a Container; a subject of
// their own is taken first, else the container's. GP Connect keeps ended
// allergies contained in their list: e.Container is the List, and
// e.Lists() tells whether that list also names them. a.Lists() has sections,
// warnings, counts and members.
//
// Only the types of answer.MaySupport count as supporting, and they do so
// without being told; whatever else nobody claims is reported as "nothing of it
// was made into an item". When a resource cannot be mapped, say why with
// e.Report: letters of the reason reach users and logs, so no value of the
// resource may be in it. a.Account() closes the books and always balances.
//
// e.Source is the resource's own bytes, for include_source.
package fhir
