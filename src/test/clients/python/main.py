"""Answers each line "recipe command token" with one line."""
import sys

from authlib.oauth2.rfc6750 import InvalidTokenError

from authlib_recipe import TokenValidator, revoke

validator = TokenValidator()


def answer(command, token):
    if command == 'revoke':
        revoke(token)
        return 'revoked'
    verdict = validator.authenticate_token(token)
    try:
        validator.validate_token(verdict, None, None)
        return 'active ' + verdict['sub']
    except InvalidTokenError:
        return 'inactive'


for line in sys.stdin:
    try:
        print(answer(*line.split()[1:]), flush=True)
    except Exception as failure:
        print('failed', repr(failure), flush=True)
