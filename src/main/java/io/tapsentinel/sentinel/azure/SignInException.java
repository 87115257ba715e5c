package io.tapsentinel.sentinel.azure;

import com.azure.core.exception.ClientAuthenticationException;

/** There is no token: no identity, or one that gets none. The message is one line that says which was tried and what to do. */
public class SignInException extends ClientAuthenticationException {

    private static final long serialVersionUID = 1L;

    private final boolean identityFound;

    SignInException(String message, boolean identityFound, Throwable cause) {
        super(message, null, cause);
        this.identityFound = identityFound;
    }

    /** Whether there was an identity, which got no token. */
    public boolean isIdentityFound() {
        return identityFound;
    }
}
