package io.tapsentinel.sentinel.azure;

import com.azure.core.exception.ClientAuthenticationException;

/**
 * No access token: no identity was found, or the identity got no token. The message is one line with what was tried and
 * what to do.
 */
public class SignInException extends ClientAuthenticationException {

    private static final long serialVersionUID = 1L;

    private final boolean identityFound;

    SignInException(String message, boolean identityFound, Throwable cause) {
        super(message, null, cause);
        this.identityFound = identityFound;
    }

    /** Whether an identity was found. */
    public boolean isIdentityFound() {
        return identityFound;
    }
}
