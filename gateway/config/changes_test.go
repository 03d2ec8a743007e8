package config

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/adapters"
)

func TestChangesNameEachKeyThatDiffers(t *testing.T) {
	tests := map[string]struct {
		change func(*Config)
		want   []string
	}{
		"nothing":                  {func(*Config) {}, nil},
		"values of several kinds":  {func(c *Config) { c.Strict, c.Listen.REST, c.Limits.Memory = true, "", 1<<30 }, []string{"limits.memory", "listen.rest", "strict"}},
		"a duration":               {func(c *Config) { c.Timeouts.Region.Duration = time.Second }, []string{"timeouts.region"}},
		"a list":                   {func(c *Config) { c.Auth.Algorithms = []string{"ES256"} }, []string{"auth.algorithms"}},
		"no list and an empty one": {func(c *Config) { c.Auth.Algorithms = []string{} }, nil},
		"a guard of all":           {func(c *Config) { c.Guards.Breaker.Calls = 3 }, []string{"guards.breaker.calls"}},
		"a key of a region":        {region(func(r *Region) { r.BaseURL = "https://other.example" }), []string{"regions.dorset.base_url"}},
		"a region's code":          {region(func(r *Region) { r.Codes = map[string]string{"a": "2"} }), []string{"regions.dorset.codes.a"}},
		"a secret":                 {region(func(r *Region) { r.ClientSecret = "new" }), []string{"regions.dorset.client_secret"}},
		"an address":               {region(func(r *Region) { r.Addresses = map[string]string{"pix": "https://pix.example"} }), []string{"regions.dorset.addresses.pix"}},
		"another system":           {region(func(r *Region) { r.Systems = map[string]System{"documents": {}} }), []string{"regions.dorset.systems.documents"}},
		"a further secret":         {region(func(r *Region) { r.Secrets = map[string]adapters.Secret{"password": "new"} }), []string{"regions.dorset.secrets.password"}},
		"a region that came":       {func(c *Config) { c.Regions["wessex"] = DefaultRegion() }, []string{"regions.wessex"}},
		"a region that went":       {func(c *Config) { c.Regions = nil }, []string{"regions.dorset"}},
		"an organisation":          {func(c *Config) { c.Organisations = map[string][]string{"FA1": {"dorset"}} }, []string{"organisations.FA1"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			a, b := relaxed(), relaxed()
			test.change(b)
			if diff := cmp.Diff(test.want, Changes(a, b)); diff != "" {
				t.Errorf("keys from old to new (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.want, Changes(b, a)); diff != "" {
				t.Errorf("keys from new to old (-want +got):\n%s", diff)
			}
		})
	}
}

// fileKeys are the keys of a struct, and of those below it, that name a file.
func fileKeys(path string, t reflect.Type) []string {
	var keys []string
	for _, f := range fields(t) {
		key := join(path, keyOf(f))
		switch {
		case f.Type == reflect.TypeFor[map[string]Region]():
			keys = append(keys, fileKeys(join(key, "dorset"), reflect.TypeFor[Region]())...)
		case f.Type == reflect.TypeFor[map[string]System]():
			keys = append(keys, fileKeys(join(key, "documents"), reflect.TypeFor[System]())...)
		case f.Type.Kind() == reflect.Struct && !isLeaf(f.Type):
			keys = append(keys, fileKeys(key, f.Type)...)
		case strings.HasSuffix(key, "_files") && f.Type.Kind() == reflect.Map:
			keys = append(keys, join(key, "subscription-key"))
		case strings.HasSuffix(key, "_files"):
			keys = append(keys, key+"[0]")
		case strings.HasSuffix(key, "_file"):
			keys = append(keys, key)
		}
	}
	return keys
}

// A file that is not listed is neither found from the configuration's folder nor watched.
func TestEveryKeyOfAFileIsAmongTheFiles(t *testing.T) {
	c := relaxed()
	want := map[string]bool{}
	for _, key := range fileKeys("", reflect.TypeFor[Config]()) {
		want[key] = true
	}
	if len(want) < 25 {
		t.Fatalf("only %d keys name files", len(want))
	}
	c.Directory.ODSFiles = []string{"ods.csv"}
	r := c.Regions["dorset"]
	r.SecretFiles = map[string]string{"subscription-key": ""}
	r.Systems = map[string]System{"documents": {SecretFiles: map[string]string{"subscription-key": ""}}}
	for _, f := range append(c.files(), r.files("regions.dorset.")...) {
		f.set("/" + f.key)
	}
	c.Regions["dorset"] = r
	got := map[string]bool{}
	for _, f := range c.Files() {
		got[f.Key] = f.Path == "/"+f.Key
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	off := c.Regions["dorset"]
	off.Enabled = false
	c.Regions["dorset"] = off
	for _, f := range c.Files() {
		if len(f.Key) > 8 && f.Key[:8] == "regions." {
			t.Errorf("%s of a region that is off is among the files", f.Key)
		}
	}
}
