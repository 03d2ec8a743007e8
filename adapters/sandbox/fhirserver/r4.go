package fhirserver

// R4 is FHIR 4.0.1 with the standard's own search parameters for the types that a shared care record holds.
// Source: hl7.org/fhir/R4/searchparameter-registry.html
func R4() Dialect {
	return Dialect{FHIRVersion: "4.0.1", DefaultCount: 50, MaxCount: 200, Types: joined(
		medicinesR4(), historyR4(), resultsR4(), contactsR4(), supportingR4(),
	)}
}

func joined(parts ...map[string]TypeRules) map[string]TypeRules {
	all := map[string]TypeRules{}
	for _, part := range parts {
		for name, rules := range part {
			all[name] = rules
		}
	}
	return all
}

func medicinesR4() map[string]TypeRules {
	return map[string]TypeRules{
		"MedicationRequest": clinical("subject", params{
			"code": token("medicationCodeableConcept"), "medication": ref("medicationReference"),
			"intent": token("intent"), "authoredon": date("authoredOn"), "requester": ref("requester"),
			"encounter": ref("encounter"), "category": token("category"),
		}),
		"MedicationStatement": clinical("subject", params{
			"code": token("medicationCodeableConcept"), "medication": ref("medicationReference"),
			"effective": date("effectiveDateTime", "effectivePeriod"), "source": ref("informationSource"),
			"context": ref("context"), "category": token("category"),
		}),
		"MedicationDispense": clinical("subject", params{
			"code": token("medicationCodeableConcept"), "medication": ref("medicationReference"),
			"whenhandedover": date("whenHandedOver"), "whenprepared": date("whenPrepared"),
			"prescription": ref("authorizingPrescription"), "performer": ref("performer.actor"),
		}),
		"MedicationAdministration": clinical("subject", params{
			"medication": ref("medicationReference"), "effective-time": date("effectiveDateTime", "effectivePeriod"),
		}),
		"AllergyIntolerance": clinical("patient", params{
			"clinical-status": token("clinicalStatus"), "verification-status": token("verificationStatus"),
			"category": token("category"), "code": token("code"), "date": date("recordedDate"),
			"recorder": ref("recorder"), "asserter": ref("asserter"),
		}),
		"Immunization": clinical("patient", params{
			"date": date("occurrenceDateTime"), "vaccine-code": token("vaccineCode"),
			"performer": ref("performer.actor"), "location": ref("location"),
		}),
	}
}

func historyR4() map[string]TypeRules {
	return map[string]TypeRules{
		"Condition": clinical("subject", params{
			"clinical-status": token("clinicalStatus"), "category": token("category"), "code": token("code"),
			"onset-date": date("onsetDateTime", "onsetPeriod"), "recorded-date": date("recordedDate"),
			"encounter": ref("encounter"), "asserter": ref("asserter"),
		}),
		"Procedure": clinical("subject", params{
			"date": date("performedDateTime", "performedPeriod"), "category": token("category"),
			"code": token("code"), "performer": ref("performer.actor"), "encounter": ref("encounter"),
		}),
		"FamilyMemberHistory": clinical("patient", params{"date": date("date"), "code": token("condition.code")}),
		"Flag": clinical("subject", params{
			"date": date("period"), "author": ref("author"), "encounter": ref("encounter"),
		}),
		"CarePlan": clinical("subject", params{
			"date": date("period"), "category": token("category"), "intent": token("intent"),
			"encounter": ref("encounter"),
		}),
		"Goal":    clinical("subject", params{"start-date": date("startDate")}),
		"Consent": clinical("patient", params{"date": date("dateTime"), "category": token("category")}),
		"List": clinical("subject", params{
			"date": date("date"), "code": token("code"), "item": ref("entry.item"), "source": ref("source"),
		}),
		"QuestionnaireResponse": clinical("subject", params{"authored": date("authored")}),
		"RelatedPerson":         clinical("patient", nil),
	}
}

func resultsR4() map[string]TypeRules {
	return map[string]TypeRules{
		"Observation": clinical("subject", params{
			"date": date("effectiveDateTime", "effectivePeriod"), "code": token("code"), "category": token("category"),
			"performer": ref("performer"), "has-member": ref("hasMember"), "specimen": ref("specimen"),
			"encounter": ref("encounter"),
		}),
		"DiagnosticReport": clinical("subject", params{
			"date": date("effectiveDateTime", "effectivePeriod"), "issued": date("issued"), "code": token("code"),
			"category": token("category"), "result": ref("result"), "specimen": ref("specimen"),
			"performer": ref("performer"), "encounter": ref("encounter"),
		}),
		"Specimen": clinical("subject", params{
			"collected": date("collection.collectedDateTime"), "type": token("type"),
		}),
		"DocumentReference": clinical("subject", params{
			"date": date("date"), "period": date("context.period"), "type": token("type"), "category": token("category"),
			"author": ref("author"), "custodian": ref("custodian"), "encounter": ref("context.encounter"),
		}),
		"Composition": clinical("subject", params{
			"date": date("date"), "type": token("type"), "author": ref("author"), "encounter": ref("encounter"),
		}),
	}
}

func contactsR4() map[string]TypeRules {
	return map[string]TypeRules{
		"Encounter": clinical("subject", params{
			"date": date("period"), "class": token("class"), "type": token("type"),
			"participant": ref("participant.individual"), "location": ref("location.location"),
			"service-provider": ref("serviceProvider"),
		}),
		"EpisodeOfCare": clinical("patient", params{"date": date("period"), "type": token("type")}),
		"Appointment": clinical("participant.actor", params{
			"date": date("start"), "practitioner": ref("participant.actor"), "location": ref("participant.actor"),
		}),
		"ServiceRequest": clinical("subject", params{
			"authored": date("authoredOn"), "code": token("code"), "category": token("category"),
			"intent": token("intent"), "requester": ref("requester"), "encounter": ref("encounter"),
		}),
		"Task": clinical("for", params{"authored-on": date("authoredOn"), "code": token("code")}),
	}
}

func supportingR4() map[string]TypeRules {
	return map[string]TypeRules{
		"Patient": {NeedsPatient: true, Params: withCommon(params{
			"identifier": token("identifier"), "active": token("active"),
			"general-practitioner": ref("generalPractitioner"), "organization": ref("managingOrganization"),
			"link": ref("link.other"),
		})},
		"Practitioner": supporting(nil),
		"PractitionerRole": supporting(params{
			"practitioner": ref("practitioner"), "organization": ref("organization"), "location": ref("location"),
		}),
		"Organization": supporting(params{"partof": ref("partOf")}),
		"Location":     supporting(params{"organization": ref("managingOrganization")}),
		"Medication":   supporting(params{"code": token("code")}),
	}
}
