"""A customer's chat from Python: starts it, says something, waits until it is there, and reads a refusal.

README.md beside this file tells how the imported package `chatsession` is made, and how to run this.
"""

import os
import uuid

import grpc
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, RetryInfo
from grpc_status import rpc_status

from chatsession.v1 import chat_session_pb2 as chat
from chatsession.v1.chat_session_pb2_grpc import ChatSessionStub
from chatsession.v1.session_pb2 import ActingFor

ADDRESS = os.environ.get("CHATSESSION_URL", "http://127.0.0.1:7700").removeprefix("http://")
# Goes with every call. The backend says for which customer it acts; the center comes from the token.
CALL = {"metadata": [("authorization", "Bearer " + os.environ["CHATSESSION_TOKEN"])], "timeout": 10}
ZOE = ActingFor(customer_id="zoe")


def request_id():
    """New for each thing that is wanted; the same one when a call is made again, so that it takes effect once."""
    return str(uuid.uuid4())


def print_refusal(error):
    """The status says what kind of refusal it is, its details which rule refused, and what to do."""
    print(f"refused: {error.code().name}, {error.details()}")
    status = rpc_status.from_call(error)  # None when no server answered
    for detail in status.details if status else ():
        info, bad, retry = ErrorInfo(), BadRequest(), RetryInfo()
        if detail.Unpack(info):
            print(f"  reason {info.reason}", *(f"{name}={value}" for name, value in sorted(info.metadata.items())))
        elif detail.Unpack(bad):
            for violation in bad.field_violations:
                print(f"  field {violation.field}: {violation.description}")
        elif detail.Unpack(retry):
            print(f"  try again in {retry.retry_delay.ToTimedelta()}, with the same request_id")


with grpc.insecure_channel(ADDRESS) as channel:
    chats = ChatSessionStub(channel)
    start = chat.StartSessionRequest(request_id=request_id(), acting_for=ZOE, queue_id="support", customer_name="Zoe")
    session_id = chats.StartSession(start, **CALL).session.session_id
    hello = chat.SendMessageRequest(request_id=request_id(), acting_for=ZOE, session_id=session_id, text="Hello!")
    chats.SendMessage(hello, **CALL)
    # From the first event on. After a cut, open it again from the last revision that you have.
    watch = chats.Watch(chat.WatchRequest(session_id=session_id, acting_for=ZOE, after_revision=0), **CALL)
    for event in (event for answer in watch for event in answer.events.events):
        print(event.revision, event.WhichOneof("kind"), event.message_posted.text)
        if event.message_posted.message_id == hello.request_id:
            break
    try:
        chats.SendMessage(chat.SendMessageRequest(request_id="?", acting_for=ZOE, session_id=session_id), **CALL)
    except grpc.RpcError as error:
        print_refusal(error)
