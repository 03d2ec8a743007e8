package gateway_test

import _ "github.com/openlhcr/openlhcr/adapters/dorset"
