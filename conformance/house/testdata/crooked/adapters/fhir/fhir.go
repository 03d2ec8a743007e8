package fhir

import (
	_ "github.com/openlhcr/openlhcr/adapters/dorset"
)
