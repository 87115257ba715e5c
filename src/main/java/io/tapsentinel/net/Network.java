package io.tapsentinel.net;

import io.tapsentinel.config.InvalidSettingException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * Proxy ({@code HTTPS_PROXY}, {@code NO_PROXY}) and trusted certificates (the system's and {@code tls.ca-file}) for TAP, Sentinel and
 * Azure authentication. Certificates and host names are always checked. Immutable.
 */
public final class Network {

    public static final String PROXY_AUTHORIZATION = "Proxy-Authorization";

    private static final String TUNNEL_SCHEMES = "jdk.http.auth.tunneling.disabledSchemes";

    private final SSLContext tls;
    private final ProxyRules proxies;

    private Network(SSLContext tls, ProxyRules proxies) {
        this.tls = tls;
        this.proxies = proxies;
    }

    /**
     * @param properties  effective values; only {@code tls.ca-file} is used
     * @param environment variables, as in {@link System#getenv()}
     * @throws InvalidSettingException names the invalid property or variable, never a password
     */
    public static Network of(Map<String, String> properties, Map<String, String> environment) {
        Optional<ProxyAddress> proxy = ProxyAddress.of(environment);
        ProxyRules rules = new ProxyRules(proxy.orElse(null), NoProxy.of(environment));
        if (proxy.flatMap(ProxyAddress::user).isPresent() && System.getProperty(TUNNEL_SCHEMES) == null) {
            // the JDK disables Basic authentication for https tunnels and offers no other switch; it is read once,
            // when the first client is created
            System.setProperty(TUNNEL_SCHEMES, "");
        }
        return new Network(tls(properties.getOrDefault(TrustedCertificates.OPTION, "")), rules);
    }

    public static SSLContext tls(String authorities) {
        return authorities.isBlank() ? system() : TrustedCertificates.with(authorities);
    }

    private static SSLContext system() {
        try {
            return SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("the system's certificates cannot be read", e);
        }
    }

    /** For all TLS connections. */
    public SSLContext sslContext() {
        return tls;
    }

    /** Selects the proxy of a URL. */
    public ProxySelector proxies() {
        return proxies;
    }

    /** A client with this proxy and these certificates. Create its requests with {@link #request}, which authenticates to the proxy. */
    public HttpClient.Builder client() {
        return HttpClient.newBuilder().sslContext(tls).proxy(proxies);
    }

    /** A request for {@link #client}. */
    public HttpRequest.Builder request(URI to) {
        HttpRequest.Builder request = HttpRequest.newBuilder(to);
        proxyAuthorization(to).ifPresent(value -> request.setHeader(PROXY_AUTHORIZATION, value));
        return request;
    }

    /** For logs: {@code host:port} of the URL's proxy, without user and password. */
    public Optional<String> describeProxy(URI to) {
        return proxy(to).map(ProxyAddress::toString);
    }

    /** For a request whose proxy refused to connect to the URL. */
    public ProxyRefusedException refused(URI to, int status) {
        return new ProxyRefusedException(proxy(to).orElseThrow(), place(to), status);
    }

    /** {@code host:port} of a URL, for messages. */
    public static String place(URI url) {
        return url.getHost() + ":" + (url.getPort() >= 0 ? url.getPort() : "https".equals(url.getScheme()) ? 443 : 80);
    }

    /**
     * What to do about a failed connection, to append to a message. Empty unless the certificate's authority is not trusted.
     */
    public static String remedy(Throwable failure) {
        return isOfAuthority(failure)
                ? "; to trust the certificate of your own proxy or server, set " + TrustedCertificates.OPTION
                        + " to its authority's file"
                : "";
    }

    /** Whether the failure is an untrusted certificate authority, including one that bears the name of a trusted authority. */
    public static boolean isOfAuthority(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertPathBuilderException
                    || cause instanceof CertPathValidatorException path
                            && path.getReason() == BasicReason.INVALID_SIGNATURE) {
                return true;
            }
        }
        return false;
    }

    /** The configured proxy, which some URLs bypass. */
    public Optional<ProxyAddress> proxy() {
        return proxies.proxy();
    }

    public Optional<ProxyAddress> proxy(URI to) {
        return proxies.of(to);
    }

    /** Value of {@code Proxy-Authorization}, a secret; empty without a proxy or its user. */
    public Optional<String> proxyAuthorization(URI to) {
        return proxy(to).flatMap(ProxyAddress::user).map(ProxyAddress.User::authorization);
    }
}
