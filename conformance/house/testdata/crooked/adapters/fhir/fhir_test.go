package fhir_test

import _ "github.com/openlhcr/openlhcr/gateway/cache"
