package gateway

import (
	"fmt"
	"os"
	"time"

	"github.com/openlhcr/openlhcr/gateway/certificates"
	"github.com/openlhcr/openlhcr/gateway/config"
)

// readIdentity is what the listeners show and ask for, or nil where the configuration
// has them in plain text.
func readIdentity(c *config.Config) (*certificates.Identity, error) {
	if c.Listen.PlainText {
		return nil, nil
	}
	identity, err := certificates.Read(certificates.Files{Certificate: c.TLS.CertFile, Key: c.TLS.KeyFile, Authorities: c.TLS.ClientCAFile})
	if err != nil {
		return nil, fmt.Errorf("tls.%w", err)
	}
	return identity, nil
}

// expiryOf is when the first of a file's certificates ends. Zero where there is none.
func expiryOf(path string) time.Time {
	if path == "" {
		return time.Time{}
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return time.Time{} // a reload has refused it, or will
	}
	return certificates.Expiry(content)
}
