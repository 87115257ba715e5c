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
 * The identity that Azure gives to what runs on it. App Service, Container Apps, Functions, Arc and Service Fabric say by
 * variables where it is asked; virtual machines and what is made of them answer at an address of their link.
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

    /**
     * The next request for a token goes to the identity endpoint, in this whole process. What the endpoint keeps is beyond
     * reach: Azure's may give the same token again for hours. msal4j keeps tokens in one cache for the whole process: a new credential
     * gets the old token from there, and azure-identity passes on neither claims nor a wish for a fresh token.
     */
    static void forgetTokens() {
        TokenCache cache = ManagedIdentityApplication.getSharedTokenCache();
        try {
            JsonNode tokens = JSON.readTree(cache.serialize());
            // nothing can be removed, but a token that has expired is as good as none
            tokens.path("AccessToken").forEach(token -> ((ObjectNode) token).put("expires_on", "0"));
            cache.deserialize(JSON.writeValueAsString(tokens));
        } catch (JsonProcessingException e) {
            // its message would quote the token
            throw new IllegalStateException("msal4j's token cache is not the expected JSON");
        }
    }
}
