package io.tapsentinel.sentinel.azure;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpClient;
import com.azure.identity.ManagedIdentityCredentialBuilder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.microsoft.aad.msal4j.ManagedIdentityApplication;
import com.microsoft.aad.msal4j.TokenCache;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;
import java.util.Optional;

/**
 * Azure's managed identity. App Service, Container Apps, Functions, Arc and Service Fabric name its endpoint in
 * variables; virtual machines and services built on them have a link-local metadata address.
 */
final class ManagedIdentity {

    private static final String METADATA = "http://169.254.169.254";
    private static final String METADATA_VARIABLE = "AZURE_POD_IDENTITY_AUTHORITY_HOST";
    private static final int HTTP_PORT = 80;
    private static final int LONGEST_WAIT_MS = 1_000;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, String> environment;
    private final HttpClient http;

    ManagedIdentity(Map<String, String> environment, HttpClient http) {
        this.environment = environment;
        this.http = http;
    }

    /** Whether variables name an endpoint, so the program certainly has a managed identity. */
    boolean isConfigured() {
        return has("MSI_ENDPOINT") || has("IDENTITY_ENDPOINT") && (has("IDENTITY_HEADER") || has("IMDS_ENDPOINT"));
    }

    /**
     * Why there is no managed identity; empty if there may be one. Connects to the metadata service, which takes up to
     * a second outside Azure.
     */
    Optional<String> absent() {
        if (isConfigured()) {
            return Optional.empty();
        }
        String override = environment.getOrDefault(METADATA_VARIABLE, "").strip();
        URI metadata = url(override.isEmpty() ? METADATA : override);
        if (metadata.getHost() == null) {
            return Optional.of(METADATA_VARIABLE + " is not a URL");
        }
        int port = metadata.getPort() < 0 ? HTTP_PORT : metadata.getPort();
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(metadata.getHost(), port), LONGEST_WAIT_MS);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of("IDENTITY_ENDPOINT is not set and nothing answers at " + metadata.getHost());
        }
    }

    /** A credential without a token, for the user-assigned identity {@code AZURE_CLIENT_ID} if set. */
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

    /**
     * Makes the next token request of this process go to the identity endpoint. Needed because msal4j caches tokens for
     * the whole process, so a new credential would get the old token; azure-identity passes on no request for a fresh
     * one. Azure's endpoint may still return the same token for hours.
     */
    static void forgetTokens() {
        TokenCache cache = ManagedIdentityApplication.getSharedTokenCache();
        try {
            JsonNode tokens = JSON.readTree(cache.serialize());
            // tokens cannot be removed from the cache, but expired ones are not used
            tokens.path("AccessToken").forEach(token -> ((ObjectNode) token).put("expires_on", "0"));
            cache.deserialize(JSON.writeValueAsString(tokens));
        } catch (JsonProcessingException e) {
            // the original message would quote the token
            throw new IllegalStateException("msal4j's token cache is not the expected JSON");
        }
    }
}
