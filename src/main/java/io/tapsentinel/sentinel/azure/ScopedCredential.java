package io.tapsentinel.sentinel.azure;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import reactor.core.publisher.Mono;

/** Asks for tokens of one scope whatever the client asks for: the client knows the public cloud's only. */
public final class ScopedCredential implements TokenCredential {

    private final TokenCredential credential;
    private final String scope;

    public ScopedCredential(TokenCredential credential, String scope) {
        this.credential = credential;
        this.scope = scope;
    }

    @Override
    public Mono<AccessToken> getToken(TokenRequestContext request) {
        return credential.getToken(scoped(request));
    }

    @Override
    public AccessToken getTokenSync(TokenRequestContext request) {
        return credential.getTokenSync(scoped(request));
    }

    private TokenRequestContext scoped(TokenRequestContext request) {
        return new TokenRequestContext()
                .addScopes(scope)
                .setClaims(request.getClaims())
                .setTenantId(request.getTenantId())
                .setCaeEnabled(request.isCaeEnabled());
    }
}
