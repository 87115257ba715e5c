package io.tapsentinel.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapsentinel.config.InvalidSettingException;
import java.net.Proxy;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The proxy that the environment selects for a host. */
class NetworkTest {

    private static final URI FAR = URI.create("https://far.example.com/path");

    @ParameterizedTest
    @CsvSource({
        "http://proxy.example:3128, proxy.example:3128",
        "HTTP://proxy.example:3128/, proxy.example:3128",
        "proxy.example:3128, proxy.example:3128",
        "http://proxy.example, proxy.example:80",
        "http://[::1]:3128, ::1:3128",
        "http://u:p@proxy.example:1, proxy.example:1",
        "u:p@proxy.example:1, proxy.example:1"
    })
    void proxyIsReadFromItsUrl(String value, String place) {
        assertThat(network(value, "").describeProxy(FAR)).contains(place);
    }

    @ParameterizedTest
    @CsvSource({"u:p, dTpw", "u%40x:p%3Aq%2F%25, dUB4OnA6cS8l", "u:a+b, dTphK2I=", "u:p@q, dTpwQHE=", "u:, dTo="})
    void userAndPasswordAreDecoded(String written, String encoded) {
        Network network = network("http://" + written + "@proxy.example:3128", "");

        assertThat(network.proxyAuthorization(FAR)).contains("Basic " + encoded);
        assertThat(network.request(FAR).build().headers().firstValue("Proxy-Authorization"))
                .contains("Basic " + encoded);
        assertThat(network.request(URI.create("https://localhost/"))
                        .build()
                        .headers()
                        .map())
                .as("for no proxy")
                .isEmpty();
        assertThat(network.proxy().toString()).doesNotContain(written, encoded);
    }

    @Test
    void messageNamesTheVariableThatIsSet() {
        assertThatThrownBy(() -> Network.of(
                        Map.of(), Map.of("HTTPS_PROXY", "", "https_proxy", "http://user:hush-hush@proxy.example:port")))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("https_proxy ")
                .hasMessageNotContaining("hush");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://proxy:1",
                "socks5://proxy:1",
                "http://",
                "http://proxy:0",
                "http://proxy:65536",
                "http://proxy:x",
                "proxy:1/path",
                "http://proxy:1?q",
                "http://user@proxy:1",
                "http://:word@proxy:1",
                "http://user:w%2@proxy:1",
                "one two"
            })
    void invalidProxyIsRefusedWithoutItsValue(String value) {
        assertThatThrownBy(() -> network(value, ""))
                .isInstanceOf(InvalidSettingException.class)
                .hasNoCause()
                .hasMessage(
                        "HTTPS_PROXY is not a proxy URL; it must be http://host:port or http://user:password@host:port, with %, @, : and"
                                + " / in user and password written as %25, %40, %3A and %2F");
    }

    @Test
    void upperCaseHttpsProxyTakesPrecedenceAndHttpProxyIsIgnored() {
        assertThat(Network.of(Map.of(), Map.of("HTTPS_PROXY", "upper:1", "https_proxy", "lower:1"))
                        .describeProxy(FAR))
                .contains("upper:1");
        assertThat(Network.of(Map.of(), Map.of("HTTPS_PROXY", " ", "https_proxy", "lower:1"))
                        .describeProxy(FAR))
                .contains("lower:1");
        assertThat(Network.of(Map.of(), Map.of("HTTP_PROXY", "upper:1", "http_proxy", "lower:1"))
                        .describeProxy(FAR))
                .isEmpty();
    }

    @Test
    void upperCaseNoProxyTakesPrecedence() {
        Map<String, String> proxy = Map.of("HTTPS_PROXY", "proxy:1");
        assertThat(with(proxy, Map.of("no_proxy", "far.example.com")).describeProxy(FAR))
                .isEmpty();
        assertThat(with(proxy, Map.of("NO_PROXY", " ", "no_proxy", "far.example.com"))
                        .describeProxy(FAR))
                .isEmpty();
        assertThat(with(proxy, Map.of("NO_PROXY", "other.example.com", "no_proxy", "far.example.com"))
                        .describeProxy(FAR))
                .isPresent();
    }

    private static Network with(Map<String, String> one, Map<String, String> other) {
        Map<String, String> environment = new HashMap<>(one);
        environment.putAll(other);
        return Network.of(Map.of(), environment);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            *                      | https://far.example.com             | true
            example.com            | https://far.example.com             | true
            example.com            | https://example.com                 | true
            .example.com           | https://far.Example.com             | true
            *.example.com          | https://far.example.com             | true
            Far.example.com        | https://far.example.com.            | true
            r.example.com          | https://far.example.com             | false
            far.example            | https://far.example.com             | false
            a.example, example.com | https://far.example.com             | true
            a.example  example.com | https://far.example.com             | true
            example.com:443        | https://far.example.com             | true
            example.com:8443       | https://far.example.com             | false
            example.com:8443       | https://far.example.com:8443        | true
            10.0.0.0/8             | https://10.200.0.1                  | true
            10.0.0.0/9             | https://10.200.0.1                  | false
            10.0.0.7               | https://10.0.0.7                    | true
            10.0.0.7               | https://10.0.0.70                   | false
            10.0.0.0/8             | https://10.example.com              | false
            fd00::/8               | https://[fd12::1]                   | true
            fd12::1                | https://[fd12:0::1]:8443            | true
            [fd12::1]:443          | https://[fd12::1]                   | true
            0.0.0.0/0              | https://far.example.com             | false
            a.example              | https://127.9.9.9                   | true
            a.example              | https://[::1]:8443                  | true
            a.example              | https://localhost                   | true
            a.example              | https://169.254.169.254             | true
            a.example              | http://far.example.com              | true
            a.example              | https://localhost.example.com       | false
            """)
    void hostsBypassTheProxy(String entries, URI to, boolean direct) {
        Proxy proxy = network("http://proxy.example:3128", entries)
                .proxies()
                .select(to)
                .get(0);

        assertThat(proxy.type()).isEqualTo(direct ? Proxy.Type.DIRECT : Proxy.Type.HTTP);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.0/33",
                "10.0.0/8",
                "far.example.com/24",
                "http://far.example.com",
                "far.example.com:x",
                "fd00::/129",
                "10.0.0.0/8/8"
            })
    void invalidEntryIsNamed(String entry) {
        assertThatThrownBy(() -> network("http://proxy.example:3128", "good.example, " + entry))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("NO_PROXY has the entry \"" + entry + "\"");
    }

    private static Network network(String proxy, String without) {
        return Network.of(Map.of(), Map.of("HTTPS_PROXY", proxy, "NO_PROXY", without));
    }

    @Test
    void missingPortIsTheDefaultOfTheScheme() {
        assertThat(Network.place(URI.create("https://x.ingest.monitor.azure.com")))
                .isEqualTo("x.ingest.monitor.azure.com:443");
        assertThat(Network.place(URI.create("http://[::1]"))).isEqualTo("[::1]:80");
        assertThat(Network.place(URI.create("https://127.0.0.1:8443/x"))).isEqualTo("127.0.0.1:8443");
    }
}
