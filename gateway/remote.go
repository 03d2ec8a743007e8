package gateway

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/remote"
	"github.com/openlhcr/openlhcr/gateway/certificates"
	"github.com/openlhcr/openlhcr/gateway/config"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/proto"
)

const (
	// callTime bounds asking adapters in processes of their own what they give.
	callTime = 2 * time.Second
	// longestBackoff bounds the wait before such a process is connected to again.
	longestBackoff = 5 * time.Second
)

// outside is what came of calling an adapter that runs in a process of its own. Nil
// stands for a region whose adapter runs in this one.
type outside struct {
	client *remote.Client // nil where there is none to be used
	reason string         // why there is none
	wrong  bool           // it was reached, and is not the region's
	about  described
}

// described is a digest of what an adapter says of itself.
type described [sha256.Size]byte

// unreached is the error of a region whose adapter was not reached, or is not its own.
// Such a region is off until it is.
type unreached struct{ reason string }

var _ error = (*unreached)(nil)

// Error is the reason, for those who ask why the region is off.
func (u *unreached) Error() string { return u.reason }

// callOutside calls the adapters that run in processes of their own, side by side. The
// error begins with the key of a file that cannot be used.
func callOutside(c *config.Config) (map[string]*outside, error) {
	ctx, cancel := context.WithTimeout(context.Background(), callTime)
	defer cancel()
	var mu sync.Mutex
	var calling sync.WaitGroup
	found, security := map[string]*outside{}, map[string]credentials.TransportCredentials{}
	for _, id := range outsideIDs(c) {
		var err error
		if security[id], err = adapterSecurity(c.Regions[id].Adapter); err != nil {
			return nil, fmt.Errorf("regions.%s.adapter.%w", id, err)
		}
	}
	for id, security := range security {
		calling.Go(func() {
			out := call(ctx, id, c.Regions[id].Adapter.Target, security)
			mu.Lock()
			defer mu.Unlock()
			found[id] = out
		})
	}
	calling.Wait()
	return found, nil
}

// outsideIDs are the regions whose adapters run in processes of their own.
func outsideIDs(c *config.Config) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(c.Regions)), func(id string) bool {
		return !c.Regions[id].Enabled || c.Regions[id].Adapter.Target == ""
	})
}

// call connects to that address alone: not by way of a proxy of the environment, nor
// to where a name server says that the service is configured. An adapter that describes
// another region, or none, is not used: the other regions are served all the same.
func call(ctx context.Context, id, target string, security credentials.TransportCredentials) *outside {
	again := backoff.DefaultConfig
	again.MaxDelay = longestBackoff
	client, err := remote.Dial(ctx, target, security, grpc.WithNoProxy(), grpc.WithDisableServiceConfig(),
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: again, MinConnectTimeout: callTime}))
	if err != nil {
		return &outside{reason: "its adapter could not be reached"}
	}
	if reason := notOf(id, client); reason != "" {
		_ = client.Close() // nothing is asked of it
		return &outside{reason: reason, wrong: true}
	}
	// What cannot be encoded is told in part, as its reader is named in package lookup.
	told, _ := proto.MarshalOptions{Deterministic: true}.Marshal(client.Describe())
	return &outside{client: client, about: sha256.Sum256(told)}
}

// notOf is why an adapter is not that of a region. Empty when it is.
func notOf(id string, adapter adapters.Adapter) string {
	region, err := adapters.NewRegion(adapter)
	switch {
	case err != nil:
		return "its adapter does not describe this region"
	case region.ID() != id:
		return fmt.Sprintf("its adapter describes region %s, the configuration says %s", adapters.Scrub(region.ID()), id)
	}
	return ""
}

func adapterSecurity(a config.Adapter) (credentials.TransportCredentials, error) {
	if a.PlainText {
		return insecure.NewCredentials(), nil
	}
	security := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: a.ServerName}
	if a.CAFile != "" {
		var err error
		if security.RootCAs, err = certificates.ReadAuthorities(a.CAFile); err != nil {
			return nil, fmt.Errorf("ca_file: %w", err)
		}
	}
	pair, err := tls.LoadX509KeyPair(a.CertFile, a.KeyFile)
	if err != nil {
		return nil, errors.New("cert_file: with key_file no certificate to show: " + strings.TrimPrefix(err.Error(), "tls: "))
	}
	security.Certificates = []tls.Certificate{pair}
	return credentials.NewTLS(security), nil
}

// told is what the adapter says of itself or, where it was not reached, what the one
// before had said: that goes on, as a region in trouble does. One that is another
// region's does not: nothing of its record may be taken for this one's.
func (o *outside) told(before *connected) described {
	switch {
	case o == nil:
		return described{}
	case o.client == nil && !o.wrong && before != nil:
		return before.origin.told
	}
	return o.about
}

// letGo closes the connection, which is not needed.
func (o *outside) letGo() {
	if o != nil && o.client != nil {
		_ = o.client.Close() // nothing is asked of it
	}
}

// adapt makes a region of the adapter.
func (o *outside) adapt(id string, settings config.Region, into *connected) (err error) {
	if o.client == nil {
		return &unreached{o.reason}
	}
	into.region, err = regionOf(id, o.client, settings)
	into.reach = &reach{outside: o.client}
	return err
}

// outsider is the entry of a region that this program was built without: all that is
// known of it before its adapter was reached is its id.
func outsider(id string) adapters.Entry {
	return adapters.Entry{
		ID: id,
		Describe: func() *adapterv1.DescribeResponse {
			return &adapterv1.DescribeResponse{Region: &lhcrv1.Region{RegionId: id, Name: id}}
		},
		New: func(adapters.Environment) (adapters.Adapter, error) {
			return nil, errors.New("its adapter runs in a process of its own")
		},
	}
}

// entriesOf are the regions that this program was built with, and those of the
// configuration whose adapters run in processes of their own.
func entriesOf(c *config.Config, registry *adapters.Registry) []adapters.Entry {
	all := registry.Entries()
	for id, r := range c.Regions {
		if _, built := registry.Entry(id); !built && r.Adapter.Target != "" {
			all = append(all, outsider(id))
		}
	}
	slices.SortFunc(all, func(a, b adapters.Entry) int { return strings.Compare(a.ID, b.ID) })
	return all
}
