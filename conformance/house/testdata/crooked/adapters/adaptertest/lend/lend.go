// Package lend may import the sandbox: tests alone import it.
package lend

import _ "github.com/openlhcr/openlhcr/adapters/sandbox/patients"
