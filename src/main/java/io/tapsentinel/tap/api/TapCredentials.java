package io.tapsentinel.tap.api;

import io.tapsentinel.config.OwnSecrets;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;

/**
 * Adds HTTP Basic credentials to requests to TAP only. Works below Camel, so that no header, URI or trace of a route
 * contains them.
 */
public final class TapCredentials implements HttpClientConfigurer {

    private final TapHost tap;
    private final String principal;
    private final Supplier<String> secret;
    /** Credentials of the last request; null before the first. */
    private volatile String sent;

    /** @param secret read for every request, so that a rotated secret needs no restart */
    public TapCredentials(URI tap, String principal, Supplier<String> secret) {
        this.tap = new TapHost(tap);
        this.principal = principal;
        this.secret = secret;
    }

    @Override
    public void configureHttpClient(HttpClientBuilder builder) {
        builder.addRequestInterceptorFirst((request, entity, context) -> {
            if (tap.isAskedBy(request)) {
                String pair = current();
                sent = pair;
                request.setHeader(
                        "Authorization",
                        "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
            }
        });
    }

    /** Principal and secret for the next request. Throws when the secret cannot be read. */
    public String current() {
        return OwnSecrets.know(principal + ':' + secret.get());
    }

    /** Principal and secret of the last request; empty before the first. */
    public Optional<String> sent() {
        return Optional.ofNullable(sent);
    }
}
