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
 * The way to both services and to Azure's sign-in: through which proxy ({@code HTTPS_PROXY}, {@code NO_PROXY}) and by whose
 * certificates ({@code tls.ca-file} beside the system's). Certificates and names are always checked. Immutable.
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
     * @param properties  effective values, of which {@code tls.ca-file} counts
     * @param environment names and values as {@link System#getenv()} has them
     * @throws InvalidSettingException naming the option or variable that is wrong; never a password
     */
    public static Network of(Map<String, String> properties, Map<String, String> environment) {
        Optional<ProxyAddress> proxy = ProxyAddress.of(environment);
        ProxyRules rules = new ProxyRules(proxy.orElse(null), NoProxy.of(environment));
        if (proxy.flatMap(ProxyAddress::user).isPresent() && System.getProperty(TUNNEL_SCHEMES) == null) {
            // by default the JDK's client gives no proxy a password on the way to https, and knows no other way to
            // allow it; it
            // looks once, when its first client is made
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
        proxyAuthorization(to).ifPresent(value -> request.setHeader(PROXY_AUTHORIZATION, value));
        return request;
    }

    /** In words, for a log: {@code host:port} of the proxy on the way to this URL; no user name, no password. */
    public Optional<String> describeProxy(URI to) {
        return proxy(to).map(ProxyAddress::toString);
    }

    /** What a request to this URL met when its proxy answered with this status instead of letting it through. */
    public ProxyRefusedException refused(URI to, int status) {
        return new ProxyRefusedException(proxy(to).orElseThrow(), place(to), status);
    }

    /** Host and port of a URL, for messages. */
    public static String place(URI url) {
        return url.getHost() + ":" + (url.getPort() >= 0 ? url.getPort() : "https".equals(url.getScheme()) ? 443 : 80);
    }

    /**
     * What may be done about a connection that could not be made, for the end of a message: empty unless the other side's
     * certificate is of an authority that is not trusted.
     */
    public static String remedy(Throwable failure) {
        return isOfAuthority(failure)
                ? "; to trust the certificate of your own proxy or server, set " + TrustedCertificates.OPTION
                        + " to its authority's file"
                : "";
    }

    /** Whether the other side's certificate is of an authority that is not trusted, be it one with the name of another that is. */
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

    /** The proxy that some URLs are reached through. */
    public Optional<ProxyAddress> proxy() {
        return proxies.proxy();
    }

    public Optional<ProxyAddress> proxy(URI to) {
        return proxies.of(to);
    }

    /** A secret; empty when there is no proxy on this way, or it wants none. */
    public Optional<String> proxyAuthorization(URI to) {
        return proxy(to).flatMap(ProxyAddress::user).map(ProxyAddress.User::authorization);
    }
}
