package io.tapsentinel.net;

import io.tapsentinel.config.InvalidSettingException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * The way to both services and to Azure's sign-in: through which proxy ({@code HTTPS_PROXY}, {@code NO_PROXY}) and by whose
 * certificates ({@code tls.ca-file} beside the system's). Certificates and names are always checked. Immutable.
 */
public final class Network {

    private static final String TUNNEL_SCHEMES = "jdk.http.auth.tunneling.disabledSchemes";

    private final SSLContext tls;
    private final ProxyRules proxies;

    private Network(SSLContext tls, ProxyRules proxies) {
        this.tls = tls;
        this.proxies = proxies;
    }

    /**
     * @param properties  effective values, of which {@code tls.ca-file} counts
     * @param environment names and values as {@link System#getenv()} has them
     * @throws InvalidSettingException naming the option or variable that is wrong; never a password
     */
    public static Network of(Map<String, String> properties, Map<String, String> environment) {
        Optional<ProxyAddress> proxy = ProxyAddress.of(environment);
        ProxyRules rules = new ProxyRules(proxy.orElse(null), NoProxy.of(environment));
        if (proxy.flatMap(ProxyAddress::authorization).isPresent() && System.getProperty(TUNNEL_SCHEMES) == null) {
            // by default the JDK's client gives no proxy a password on the way to https, and knows no other way to allow it; it
            // looks once, when its first client is made
            System.setProperty(TUNNEL_SCHEMES, "");
        }
        String file = properties.getOrDefault(TrustedCertificates.OPTION, "");
        return new Network(file.isBlank() ? system() : TrustedCertificates.with(file), rules);
    }

    private static SSLContext system() {
        try {
            return SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("the system's certificates cannot be read", e);
        }
    }

    /** What connections are secured with. */
    public SSLContext sslContext() {
        return tls;
    }

    /** Which proxy a URL is reached through. */
    public ProxySelector proxies() {
        return proxies;
    }

    /** A client that goes this way. Its requests come from {@link #request}, or a proxy that wants a password refuses them. */
    public HttpClient.Builder client() {
        return HttpClient.newBuilder().sslContext(tls).proxy(proxies);
    }

    /** A request by such a client. */
    public HttpRequest.Builder request(URI to) {
        HttpRequest.Builder request = HttpRequest.newBuilder(to);
        proxyAuthorization(to).ifPresent(value -> request.setHeader("Proxy-Authorization", value));
        return request;
    }

    /** Value of {@code Proxy-Authorization} for a request to this URL, a secret; empty when its proxy wants none or there is none. */
    Optional<String> proxyAuthorization(URI to) {
        return proxies.of(to).flatMap(ProxyAddress::authorization);
    }

    /** In words, for the log: {@code through the proxy host:port}; no user name, no password. */
    public Optional<String> proxyInWords(URI to) {
        return proxies.of(to).map(proxy -> "through the proxy " + proxy);
    }
}
