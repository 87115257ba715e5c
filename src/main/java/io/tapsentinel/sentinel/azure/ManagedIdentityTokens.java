package io.tapsentinel.sentinel.azure;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.microsoft.aad.msal4j.ManagedIdentityApplication;
import com.microsoft.aad.msal4j.TokenCache;

/**
 * The tokens of managed identities. msal4j, which azure-identity asks for them, keeps them in one cache for the whole process:
 * a new credential gets the old token from there, and azure-identity passes on neither claims nor a wish for a fresh token.
 */
final class ManagedIdentityTokens {

    private static final ObjectMapper JSON = new ObjectMapper();

    private ManagedIdentityTokens() {}

    /**
     * The next request for a token goes to the identity endpoint, in this whole process. What the endpoint keeps is beyond
     * reach: Azure's may give the same token again for hours.
     */
    static void forget() {
        TokenCache cache = ManagedIdentityApplication.getSharedTokenCache();
        try {
            JsonNode tokens = JSON.readTree(cache.serialize());
            // nothing can be removed, but a token that has expired is as good as none
            tokens.path("AccessToken").forEach(token -> ((ObjectNode) token).put("expires_on", "0"));
            cache.deserialize(JSON.writeValueAsString(tokens));
        } catch (JsonProcessingException e) {
            // its message would quote the token
            throw new IllegalStateException("msal4j's token cache is not the JSON that it was");
        }
    }
}
