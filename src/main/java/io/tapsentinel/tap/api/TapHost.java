package io.tapsentinel.tap.api;

import java.net.URI;
import java.util.Optional;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.net.URIAuthority;

/** Recognizes requests to TAP, as opposed to, for example, redirects to another host. */
public record TapHost(URI tap) {

    /** Whether the request goes to TAP. */
    public boolean isAskedBy(HttpRequest request) {
        URIAuthority to = request.getAuthority();
        return to != null
                && tap.getHost().equalsIgnoreCase(to.getHostName())
                && tap.getScheme().equalsIgnoreCase(request.getScheme())
                && port(tap.getPort(), tap.getScheme()) == port(to.getPort(), request.getScheme());
    }

    private static int port(int port, String scheme) {
        return Optional.of(port).filter(p -> p > 0).orElse("https".equalsIgnoreCase(scheme) ? 443 : 80);
    }
}
