//go:build unix

package redis_test

import (
	"crypto/rand"
	"errors"
	"os"
	"strings"
	"testing"

	goredis "github.com/redis/go-redis/v9"

	"github.com/openlhcr/openlhcr/gateway/cache"
	"github.com/openlhcr/openlhcr/gateway/cache/redis"
	"github.com/openlhcr/openlhcr/gateway/cache/redis/redistest"
	"github.com/openlhcr/openlhcr/gateway/config"
)

func TestOpenNamesTheKeyAtFault(t *testing.T) {
	authority := redistest.NewAuthority(t)
	cert, key := authority.Issue("gateway")
	noPEM := secret(t, "no certificate")
	for name, test := range map[string]struct {
		change func(*config.Redis)
		want   string
	}{
		"no such authorities": {func(c *config.Redis) { c.CAFile = noPEM + ".missing" }, "cache.redis.ca_file: "},
		"no authorities":      {func(c *config.Redis) { c.CAFile = noPEM }, "cache.redis.ca_file: holds no certificate"},
		"no key":              {func(c *config.Redis) { c.CertFile, c.KeyFile = cert, noPEM }, "cache.redis.cert_file and cache.redis.key_file: "},
		"no certificate":      {func(c *config.Redis) { c.CertFile, c.KeyFile = noPEM, key }, "cache.redis.cert_file and cache.redis.key_file: "},
		"no password":         {func(c *config.Redis) { c.PasswordFile = noPEM + ".missing" }, "cache.redis.password_file: "},
		"an empty password":   {func(c *config.Redis) { c.PasswordFile = os.DevNull }, "cache.redis.password_file: "},
		"no Sentinel password": {func(c *config.Redis) {
			c.Mode, c.SentinelMaster, c.SentinelPasswordFile = config.RedisSentinel, "m", noPEM+".missing"
		}, "cache.redis.sentinel_password_file: "},
	} {
		t.Run(name, func(t *testing.T) {
			c := config.Redis{Mode: config.RedisStandalone, Addresses: []string{"127.0.0.1:1"}, Prefix: prefix}
			test.change(&c)
			_, err := redis.Open(c, longest, rand.Reader)
			if err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("got %v, want it to begin with %q", err, test.want)
			}
		})
	}
}

func TestServerIsCheckedAgainstAuthorityAndName(t *testing.T) {
	server, good := secured(t)
	read(t, open(t, good), patient())
	_, port, _ := strings.Cut(server.Addr(), ":")
	for name, test := range map[string]struct {
		change func(*config.Redis)
		ok     bool
	}{
		"another authority":    {func(c *config.Redis) { c.CAFile = redistest.NewAuthority(t).File() }, false},
		"the system's own":     {func(c *config.Redis) { c.CAFile = "" }, false},
		"another name":         {func(c *config.Redis) { c.ServerName = "redis.example" }, false},
		"a name it has":        {func(c *config.Redis) { c.ServerName = "localhost" }, true},
		"the name it is under": {func(c *config.Redis) { c.Addresses = []string{"localhost:" + port} }, true},
		"no certificate of us": {func(c *config.Redis) { c.CertFile, c.KeyFile = "", "" }, false},
		"in plain text":        {func(c *config.Redis) { c.PlainText = true }, false},
	} {
		t.Run(name, func(t *testing.T) {
			c := good
			test.change(&c)
			_, _, err := open(t, c).Read(soon(t), patient(), nil)
			if test.ok && err != nil || !test.ok && err == nil {
				t.Errorf("a read gave %v, want it to go well: %t", err, test.ok)
			}
			if !test.ok && !errors.Is(err, cache.ErrUnreachable) {
				t.Errorf("got %v, want unreachable", err)
			}
		})
	}
}

// A password and a certificate that are changed in their files hold for the next
// connection.
func TestRotatedSecretsAreTakenOver(t *testing.T) {
	server, c := secured(t)
	s := open(t, c)
	read(t, s, patient())

	rotate := []any{"acl", "setuser", "gateway", "resetpass", ">second"}
	if err := server.Admin().Do(soon(t), rotate...).Err(); err != nil {
		t.Fatal(err)
	}
	dropClients(t, server)
	if _, _, err := s.Read(soon(t), patient(), nil); causeOf(t, err) != redis.Refused {
		t.Errorf("with the old password: %v, want refused", err)
	}
	rewrite(t, c.PasswordFile, "second")
	read(t, s, patient())

	rewrite(t, c.CAFile, "no certificate")
	dropClients(t, server)
	if _, _, err := s.Read(soon(t), patient(), nil); err == nil || !strings.Contains(err.Error(), "cache.redis.ca_file") {
		t.Errorf("without authorities: %v, want the key named", err)
	}
}

func dropClients(t *testing.T, s *redistest.Server) {
	t.Helper()
	if err := s.Admin().Do(soon(t), "client", "kill", "user", "gateway").Err(); err != nil {
		t.Fatal(err)
	}
}

// The user of ACL is of no use for anything but the cache. That the rules are enough,
// the contract shows.
func TestUserOfTheRulesCanDoNothingElse(t *testing.T) {
	server := redistest.Start(t, redistest.User("gateway", "first", redis.ACL(prefix)))
	user := goredis.NewClient(&goredis.Options{Addr: server.Addr(), Username: "gateway", Password: "first", Protocol: 2, DisableIdentity: true})
	defer func() { _ = user.Close() }()
	own, foreign := epochKey(patient()), "other:{x}:e"
	for _, command := range [][]any{
		{"keys", "*"}, {"scan", "0"}, {"flushall"}, {"flushdb"}, {"config", "get", "*"}, {"acl", "list"}, {"client", "list"},
		{"monitor"}, {"shutdown"}, {"script", "flush"}, {"subscribe", "x"}, {"publish", "x", "y"},
		{"cluster", "nodes"}, {"randomkey"}, {"dump", own}, {"hgetall", own}, {"rename", own, own}, {"info"},
		{"get", foreign}, {"set", foreign, "x"}, {"unlink", foreign}, {"hmget", prefix + ":x", "f"}, {"get", prefix},
		{"eval", "return redis.call('GET', KEYS[1])", "1", foreign}, {"eval", "return redis.call('KEYS', '*')", "0"},
		{"eval", "return redis.call('GET', '" + foreign + "')", "0"},
	} {
		if err := user.Do(soon(t), command...).Err(); !goredis.IsPermissionError(err) && !goredis.HasErrorPrefix(err, "The user executing the script can't") {
			t.Errorf("the user may %v: %v", command, err)
		}
	}
}

func TestErrorsAndLogLinesNameNoKey(t *testing.T) {
	var lines logged
	lines.capture(t)
	// Of a command that it does not know, Redis repeats the arguments.
	unknown := redistest.Start(t, redistest.Set("rename-command", `HMGET ""`), redistest.Set("rename-command", `EVAL ""`))
	server := redistest.Start(t, redistest.User("bare", "first", "resetkeys -@all"))
	c := plain(server.Addr())
	refused := c
	refused.Username, refused.PasswordFile = "bare", secret(t, "first")
	p, f := patient(), newField()
	var texts []string
	try := func(s *redis.Store) {
		_, _, errRead := s.Read(within(t, bound), p, []cache.FieldKey{f})
		_, errFill := s.Fill(within(t, bound), p, newEpoch(), []cache.Cell{{Field: f, Value: []byte("canary-value")}}, keep)
		_, errPurge := s.Purge(within(t, bound), p, newEpoch())
		for _, err := range []error{errRead, errFill, errPurge, s.Ping(within(t, bound))} {
			if err != nil {
				texts = append(texts, err.Error())
			}
		}
	}
	try(open(t, refused))
	do(t, unknown, "set", epochKey(p), "0123456789abcdef")
	try(open(t, plain(unknown.Addr())))
	s := open(t, c)
	put(t, s, p, f, "canary-value")
	server.Admin().ConfigSet(soon(t), "maxmemory", "1")
	try(s)
	server.Pause()
	try(s)
	server.Kill()
	try(s)
	texts = append(texts, lines.all()...)
	if len(texts) < 12 {
		t.Fatalf("only %d texts: %q", len(texts), texts)
	}
	for _, text := range texts {
		for _, canary := range []string{epochKey(p), valuesKey(p), prefix, string(f[:]), "canary", "first"} {
			if strings.Contains(text, canary) {
				t.Errorf("a text shows %q: %s", canary, text)
			}
		}
	}
}
