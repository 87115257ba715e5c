package io.tapsentinel.sentinel.azure;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpClient;
import com.azure.identity.ManagedIdentityCredentialBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;
import java.util.Optional;

/**
 * The identity that Azure gives to what runs on it. App Service, Container Apps, Functions, Arc and Service Fabric say by
 * variables where it is asked; virtual machines and what is made of them answer at an address of their link.
 */
final class ManagedIdentity {

    private static final String METADATA = "http://169.254.169.254";
    private static final String METADATA_VARIABLE = "AZURE_POD_IDENTITY_AUTHORITY_HOST";
    private static final int HTTP_PORT = 80;
    private static final int LONGEST_WAIT_MS = 1_000;

    private final Map<String, String> environment;
    private final HttpClient http;

    ManagedIdentity(Map<String, String> environment, HttpClient http) {
        this.environment = environment;
        this.http = http;
    }

    /** Whether the environment says that there is one, so that nothing else can be meant. */
    boolean isSaid() {
        return has("MSI_ENDPOINT") || has("IDENTITY_ENDPOINT") && (has("IDENTITY_HEADER") || has("IMDS_ENDPOINT"));
    }

    /** Why there is none; a connection to the metadata service, which elsewhere than on Azure takes a second to fail, shows that there may be one. */
    Optional<String> absent() {
        if (isSaid()) {
            return Optional.empty();
        }
        String override = environment.getOrDefault(METADATA_VARIABLE, "").strip();
        URI metadata = url(override.isEmpty() ? METADATA : override);
        if (metadata.getHost() == null) {
            return Optional.of(METADATA_VARIABLE + " is no URL");
        }
        int port = metadata.getPort() < 0 ? HTTP_PORT : metadata.getPort();
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(metadata.getHost(), port), LONGEST_WAIT_MS);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of("IDENTITY_ENDPOINT is not set and nothing answers at " + metadata.getHost());
        }
    }

    /** Without a token; a user-assigned one when {@code AZURE_CLIENT_ID} names it. */
    TokenCredential credential() {
        String client = environment.getOrDefault("AZURE_CLIENT_ID", "").strip();
        return new ManagedIdentityCredentialBuilder()
                .clientId(client.isEmpty() ? null : client)
                .httpClient(http)
                .build();
    }

    private static URI url(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException noUrl) {
            return URI.create("");
        }
    }

    private boolean has(String name) {
        return !environment.getOrDefault(name, "").isBlank();
    }
}
